internal import SQLiteEngine
internal import WeirDomain

/// Messages as they are found one after the other; `PoolSession.complete` gives them the bodies that they share.
struct FoundMessages {
    fileprivate var messages: [Message] = []
    fileprivate var shared: [SharedBody] = []

    var count: Int { messages.count }

    mutating func append(_ stored: StoredMessage) {
        if let part = stored.part { shared.append(SharedBody(index: messages.count, bodyID: stored.bodyID, part: part)) }
        messages.append(stored.message)
    }

    /// Adds the messages of all rows.
    mutating func append(_ rows: Statement) throws(SQLiteFailure) {
        defer { rows.reset() }
        while try rows.step() { append(StoredMessage(rows)) }
    }
}

/// Where the body of one of several messages lies.
private struct SharedBody {
    /// Of the message.
    let index: Int
    let bodyID: Int64
    let part: BodyPart
}

extension PoolSession {
    /// The messages with their bodies. A body that several share is read once if they follow each other.
    func complete(_ found: FoundMessages) throws(SQLiteFailure) -> [Message] {
        var messages = found.messages
        try read(found.shared) { messages[$0].body = $1 }
        return messages
    }

    /// Likewise.
    func readBodies(of found: inout [StoredMessage]) throws(SQLiteFailure) {
        let shared = found.enumerated().compactMap { index, stored in
            stored.part.map { SharedBody(index: index, bodyID: stored.bodyID, part: $0) }
        }
        try read(shared) { found[$0].message.body = $1 }
    }

    private func read(_ shared: [SharedBody], _ give: (Int, MessageBody) -> Void) throws(SQLiteFailure) {
        var rest = shared[...]
        while let first = rest.first {
            let neighbours = rest.prefix { $0.bodyID == first.bodyID }
            try read(first.bodyID, neighbours, give)
            rest = rest.dropFirst(neighbours.count)
        }
    }

    private func read(
        _ bodyID: Int64, _ sharers: ArraySlice<SharedBody>, _ give: (Int, MessageBody) -> Void
    ) throws(SQLiteFailure) {
        let row = parcels.body.bind(1, bodyID)
        defer { row.reset() }
        guard try row.step() else { throw SQLiteFailure(corrupt: "there is no body \(bodyID)") }
        for sharer in sharers {
            guard let bytes = row.bytes(0, sharer.part.range) else {
                throw SQLiteFailure(corrupt: "the body \(bodyID) ends before \(sharer.part.range.upperBound)")
            }
            give(sharer.index, MessageBody(bytes))
        }
    }
}
