internal import SQLiteEngine
internal import WeirDomain

/// How a message is kept.
enum MessageForm: Hashable {
    /// A row and a body of its own.
    case alone
    /// A row of its own; the body is that of the parcel it was posted in.
    case opened
    /// In a sealed parcel.
    case sealed
}

/// A message as its row or its parcel says, with what only those know.
struct StoredMessage {
    /// Its body is empty as long as `part` says where it lies: `PoolSession.complete` reads it.
    var message: Message
    let bodyID: Int64
    let state: Int
    let form: MessageForm
    let part: BodyPart?

    init(message: Message, bodyID: Int64, state: Int, form: MessageForm, part: BodyPart?) {
        self.message = message
        self.bodyID = bodyID
        self.state = state
        self.form = form
        self.part = part
    }

    /// Reads the columns of `PoolStatements.columns`.
    init(_ row: Statement) {
        let id = row.bits128(1) ?? (0, 0)
        message = Message(
            id: MessageID(high: id.high, low: id.low),
            sequence: MessageSequence(row.integer(0)),
            body: MessageBody(row.bytes(2)),
            ttl: row.int(4),
            created: Timestamp(milliseconds: row.integer(5)),
            expires: Timestamp(milliseconds: row.integer(6)),
            delayedUntil: Timestamp(milliseconds: row.integer(7)),
            client: ClientID(packed: row.bytes(3)[...]),
            claim: row.bits128(8).map { ClaimID(high: $0.high, low: $0.low) },
            claimedUntil: Timestamp(milliseconds: row.integer(9)),
            claimCount: row.int(10))
        bodyID = row.integer(11)
        state = row.int(12)
        part = row.isNull(13) ? nil : BodyPart(start: row.int(13), length: row.int(14))
        form = part == nil ? .alone : .opened
    }

    var place: MessagePlace {
        MessagePlace(sequence: message.sequence.value, bodyID: bodyID, state: state, form: form)
    }

    var bodyLength: Int { part?.length ?? message.body.bytes.count }

    func isClaimed(at now: Timestamp) -> Bool {
        message.claimedUntil > now
    }
}

/// Where a message stands: all that deleting it takes.
struct MessagePlace {
    let sequence: Int64
    let bodyID: Int64
    let state: Int
    let form: MessageForm

    init(sequence: Int64, bodyID: Int64, state: Int, form: MessageForm) {
        self.sequence = sequence
        self.bodyID = bodyID
        self.state = state
        self.form = form
    }

    /// Reads `PoolStatements.place`, beginning at this column.
    init(_ row: Statement, _ column: Int32 = 0) {
        self.init(
            sequence: row.integer(column), bodyID: row.integer(column + 1), state: row.int(column + 2),
            form: row.isNull(column + 3) ? .alone : .opened)
    }
}

/// A message somewhere in the pool.
struct LostMessage {
    let life: Int64
    let place: MessagePlace
}

extension LostMessage {
    init(_ row: Statement) {
        self.init(life: row.integer(0), place: MessagePlace(row, 1))
    }
}
