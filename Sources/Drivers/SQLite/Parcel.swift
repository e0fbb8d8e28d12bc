internal import SQLiteEngine
internal import WeirDomain

/// Messages that were posted together and that nothing has changed since: one row, and one body for all of them. They
/// are free, of one client and one time, and their sequences follow each other without a gap.
struct Parcel {
    /// One of its messages.
    struct Record {
        let nonce: UInt64
        /// Seconds.
        let ttl: Int
        /// Its bytes in the body of all.
        let part: BodyPart
    }

    let life: Int64
    /// The sequence of the first record.
    let first: Int64
    let bodyID: Int64
    let client: ClientID
    let created: Timestamp
    let records: [Record]

    /// The sequence of the last record.
    var last: Int64 { first + Int64(records.count) - 1 }

    /// When the first of them expires.
    var expires: Timestamp { records.map(expiry).min() ?? created }

    private func expiry(of record: Record) -> Timestamp {
        created.adding(seconds: record.ttl)
    }
}

/// Where a message lies in a body that it shares.
struct BodyPart: Hashable {
    let start: Int
    let length: Int

    var range: Range<Int> { start..<start + length }
}

extension Parcel {
    /// The order in which `init(_:)` reads them.
    static let columns = "life, last, first, body_id, client, created, records"

    init(_ row: Statement) throws(SQLiteFailure) {
        life = row.integer(0)
        first = row.integer(2)
        bodyID = row.integer(3)
        client = ClientID(packed: row.bytes(4)[...])
        created = Timestamp(milliseconds: row.integer(5))
        guard let found = ParcelRecords.read(row.bytes(6)), first &+ Int64(found.count) &- 1 == row.integer(1) else {
            throw SQLiteFailure(corrupt: "the records of the parcel at \(first) of life \(life) are not what they were")
        }
        records = found
    }

    /// The message at this sequence; nil if it is not one of these.
    func message(at sequence: Int64) -> StoredMessage? {
        guard first <= sequence, sequence <= last else { return nil }
        return message(records[Int(sequence - first)], sequence)
    }

    /// Those after the first of these sequences and up to the second.
    func messages(after: Int64 = .min, through end: Int64 = .max) -> ParcelMessages {
        let start = max(after, first - 1) + 1
        return ParcelMessages(parcel: self, sequence: start, end: min(end, last))
    }

    fileprivate func message(_ record: Record, _ sequence: Int64) -> StoredMessage {
        let sequence = MessageSequence(sequence)
        let message = Message(
            id: MessageID(sequence: sequence, nonce: record.nonce), sequence: sequence, body: MessageBody([]),
            ttl: record.ttl, created: created, expires: expiry(of: record), delayedUntil: Timestamp(milliseconds: 0),
            client: client, claim: nil, claimedUntil: Timestamp(milliseconds: 0), claimCount: 0)
        return StoredMessage(message: message, bodyID: bodyID, state: Schema.State.free, form: .sealed, part: record.part)
    }
}

/// Messages of a parcel, in order.
struct ParcelMessages: Sequence, IteratorProtocol {
    fileprivate let parcel: Parcel
    /// The sequence of the next one.
    fileprivate var sequence: Int64
    fileprivate let end: Int64

    /// Who posted them.
    var client: ClientID { parcel.client }

    mutating func next() -> StoredMessage? {
        guard sequence <= end else { return nil }
        defer { sequence += 1 }
        return parcel.message(parcel.records[Int(sequence - parcel.first)], sequence)
    }
}

extension Parcel {
    /// As many messages as one parcel may hold.
    private static let capacity = 64
    /// Bodies beyond this begin another parcel: whoever reads one message reads them all.
    private static let bytes = 65_536

    /// How many of these messages, from the first on, go into one parcel.
    static func count(of messages: ArraySlice<NewMessage>) -> Int {
        var size = 0
        let beyond = messages.prefix(capacity).firstIndex { message in
            size += message.body.bytes.count
            return size > bytes
        }
        guard let beyond else { return min(messages.count, capacity) }
        return max(1, beyond - messages.startIndex)
    }
}
