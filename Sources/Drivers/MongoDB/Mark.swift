internal import MongoEngine
internal import WeirDomain

/// Says that a message or a claim has changed since a capture began. A later mark of the same one takes its place.
struct Mark {
    enum Subject: Hashable {
        case message(Int64)
        case claim(ClaimID)
    }

    let subject: Subject
    /// Grows from mark to mark.
    let number: Int64
    /// The last sequence of the block that the message is in; nil if it was gone, and for claims.
    let block: Int64?

    init(_ subject: Subject, number: Int64, block: Int64?) {
        self.subject = subject
        self.number = number
        self.block = block
    }

    init?(_ document: BSONDocument) {
        guard let subject = document.binary("_id").flatMap(Keys.subject), let number = document.integer("m") else {
            return nil
        }
        self.init(subject, number: number, block: document.integer("b"))
    }

    /// The document, without its key.
    func write(of life: Int64, to document: inout BSONWriter) {
        document.int64("l", life)
        document.int64("m", number)
        if let block { document.int64("b", block) }
    }
}

extension Mark.Subject: Comparable {
    /// Messages in their order, then claims.
    static func < (left: Mark.Subject, right: Mark.Subject) -> Bool {
        switch (left, right) {
        case (.message(let left), .message(let right)): left < right
        case (.message, .claim): true
        case (.claim, .message): false
        case (.claim(let left), .claim(let right)): (left.high, left.low) < (right.high, right.low)
        }
    }
}
