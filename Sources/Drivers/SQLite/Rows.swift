internal import SQLiteEngine
internal import WeirDomain

/// A message as its row says, with what only its row knows.
struct StoredMessage {
    let message: Message
    let bodyID: Int64
    let state: Int

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
    }

    var place: MessagePlace {
        MessagePlace(sequence: message.sequence.value, bodyID: bodyID, state: state)
    }

    func isClaimed(at now: Timestamp) -> Bool {
        message.claimedUntil > now
    }
}

/// Where a message stands: all that deleting it takes.
struct MessagePlace {
    let sequence: Int64
    let bodyID: Int64
    let state: Int
}

/// A message somewhere in the pool.
struct LostMessage {
    let life: Int64
    let place: MessagePlace

    init(_ row: Statement) {
        life = row.integer(0)
        place = MessagePlace(sequence: row.integer(1), bodyID: row.integer(2), state: row.int(3))
    }
}
