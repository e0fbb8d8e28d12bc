internal import SQLiteEngine
internal import WeirDomain

/// A part of a queue in which all messages are kept in the same way.
enum Stretch {
    /// In rows: those after the first of these sequences and up to the second.
    case rows(after: Int64, through: Int64)
    /// In a sealed parcel, in order.
    case sealed(ParcelMessages)
}

/// What there is of a life between two sequences, in order, stretch by stretch. The statements that read the rows may be
/// run, and parcels opened, while it is on its way.
struct Stretches {
    private let session: PoolSession
    private let life: Int64
    private var after: Int64
    private let end: Int64
    /// The one that comes after the rows.
    private var parcel: Parcel?

    fileprivate init(_ session: PoolSession, _ life: Int64, after: Int64, through end: Int64) {
        self.session = session
        self.life = life
        self.after = after
        self.end = end
    }

    mutating func next() throws(SQLiteFailure) -> Stretch? {
        if let parcel { return sealed(parcel) }
        guard after < end else { return nil }
        guard let found = try session.parcel(after: after, in: life), found.first <= end else {
            defer { after = end }
            return .rows(after: after, through: end)
        }
        guard after < found.first - 1 else { return sealed(found) }
        parcel = found
        return .rows(after: after, through: found.first - 1)
    }

    private mutating func sealed(_ parcel: Parcel) -> Stretch {
        defer {
            after = parcel.last
            self.parcel = nil
        }
        return .sealed(parcel.messages(after: after, through: end))
    }
}

/// Messages that were posted together are kept together until something happens to one of them.
extension PoolSession {
    // MARK: Finding

    /// What there is of a life after the first of these sequences and up to the second.
    func stretches(of life: Int64, after: Int64 = .min, through end: Int64 = .max) -> Stretches {
        Stretches(self, life, after: after, through: end)
    }

    /// The first sealed parcel that holds messages after this sequence.
    func parcel(after sequence: Int64, in life: Int64) throws(SQLiteFailure) -> Parcel? {
        try parcels.after.bind(1, life).bind(2, sequence).first(Parcel.init)
    }

    /// The message at this sequence, if it is in a sealed parcel.
    func sealed(at sequence: Int64, in life: Int64) throws(SQLiteFailure) -> StoredMessage? {
        guard sequence > .min else { return nil }
        return try parcel(after: sequence - 1, in: life)?.message(at: sequence)
    }

    /// The message at this sequence, in whichever form.
    func message(at sequence: Int64, in life: Int64) throws(SQLiteFailure) -> StoredMessage? {
        let row = try sql.messageBySequence.bind(1, life).bind(2, sequence).first(StoredMessage.init)
        if let row { return row }
        return try sealed(at: sequence, in: life)
    }

    // MARK: Changing

    /// Stores messages from this sequence on as one sealed parcel.
    func seal(
        _ messages: ArraySlice<NewMessage>, from client: ClientID, at first: Int64, in life: Int64, now: Timestamp
    ) throws(SQLiteFailure) {
        var body: [UInt8] = []
        body.reserveCapacity(messages.reduce(0) { $0 + $1.body.bytes.count })
        let records = messages.map { message in
            let part = BodyPart(start: body.count, length: message.body.bytes.count)
            body += message.body.bytes
            return Parcel.Record(nonce: message.nonce, ttl: message.ttl, part: part)
        }
        try sql.insertBody.bind(1, body).run()
        let parcel = Parcel(
            life: life, first: first, bodyID: connection.lastInsertedRow, client: client, created: now, records: records)
        try parcels.insert.bind(1, life).bind(2, parcel.last).bind(3, first).bind(4, parcel.bodyID)
            .bind(5, client.packed).bind(6, now.milliseconds).bind(7, parcel.expires.milliseconds)
            .bind(8, ParcelRecords.write(records)).run()
    }

    /// Gives each message of a sealed parcel a row, those that are `changed` as they are to be.
    func open(_ parcel: Parcel, changed: [Message] = []) throws(SQLiteFailure) {
        try parcels.delete.bind(1, parcel.life).bind(2, parcel.last).run()
        try parcels.insertOpened.bind(1, parcel.bodyID).bind(2, parcel.records.count).run()
        let changed = Dictionary(uniqueKeysWithValues: changed.map { ($0.sequence, $0) })
        for stored in parcel.messages() {
            let message = changed[stored.message.sequence] ?? stored.message
            let state = message.claim == nil ? Schema.State.free : Schema.State.claimed
            try insert(message, into: parcel.life, state: state, bodyID: parcel.bodyID, part: stored.part)
        }
    }

    /// Removes parcels all of whose messages are among these, and opens the others; what is left has rows.
    func removeWhole(_ places: [MessagePlace], from life: Int64) throws(SQLiteFailure) -> [MessagePlace] {
        var left = places.filter { $0.form != .sealed }
        guard left.count < places.count else { return left }
        for (bodyID, places) in Dictionary(grouping: places.filter { $0.form == .sealed }, by: \.bodyID) {
            guard let parcel = try parcel(after: places[0].sequence - 1, in: life), parcel.bodyID == bodyID else {
                throw SQLiteFailure(corrupt: "there is no parcel with the body \(bodyID)")
            }
            if places.count == parcel.records.count {
                try parcels.delete.bind(1, life).bind(2, parcel.last).run()
                try sql.deleteBody.bind(1, parcel.bodyID).run()
            } else {
                try open(parcel)
                left += places
            }
        }
        return left
    }

    /// So many messages of an opened parcel are gone, and with the last one their body.
    func leave(_ bodyID: Int64, _ count: Int) throws(SQLiteFailure) {
        let left = try parcels.leave.bind(1, bodyID).bind(2, count).first { $0.int(0) }
        guard let left, left <= 0 else { return }
        try parcels.deleteOpened.bind(1, bodyID).run()
        try sql.deleteBody.bind(1, bodyID).run()
    }
}
