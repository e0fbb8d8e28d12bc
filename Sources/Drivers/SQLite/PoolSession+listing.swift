internal import SQLiteEngine
internal import WeirDomain

extension PoolSession {
    /// How many messages a listing looks at before it asks who wrote the rest.
    private static let scanned = 1000
    /// Likewise, how many sealed parcels, of which two messages are the least and 64 the most.
    private static let scannedParcels = 100
    /// With more writers than this their messages are taken to be everywhere.
    private static let writers = 256

    func list(_ filter: MessageFilter, in queue: QueueRef, now: Timestamp) throws -> [Message] {
        try checked(queue)
        guard filter.hiding != nil else { return try scan(filter, through: .max, in: queue, now: now) }
        let reach = try reach(after: filter.after, in: queue)
        guard let last = reach else { return try scan(filter, through: .max, in: queue, now: now) }
        let near = try scan(filter, through: last, in: queue, now: now)
        guard near.count < filter.limit else { return near }
        var rest = filter
        rest.after = MessageSequence(last)
        rest.limit -= near.count
        return near + (try skip(rest, in: queue, now: now))
    }

    /// The last of the messages that a listing looks at first; nil if there are no more behind it.
    private func reach(after: MessageSequence, in queue: QueueRef) throws(SQLiteFailure) -> Int64? {
        let rows = try last(sql.reach, Self.scanned, after: after, in: queue)
        let parcels = try last(parcels.reach, Self.scannedParcels, after: after, in: queue)
        guard let rows, let parcels else { return rows ?? parcels }
        return min(rows, parcels)
    }

    private func last(
        _ statement: Statement, _ count: Int, after: MessageSequence, in queue: QueueRef
    ) throws(SQLiteFailure) -> Int64? {
        try statement.bind(1, queue.life.value).bind(2, after.value).bind(3, count)
            .first { $0.int(1) < count ? nil : $0.integer(0) } ?? nil
    }

    private func scan(
        _ filter: MessageFilter, through last: Int64, in queue: QueueRef, now: Timestamp
    ) throws(SQLiteFailure) -> [Message] {
        var found = FoundMessages()
        var stretches = stretches(of: queue.life.value, after: filter.after.value, through: last)
        while found.count < filter.limit, let stretch = try stretches.next() {
            var rest = filter
            rest.limit -= found.count
            switch stretch {
            case .rows(let after, let last):
                rest.after = MessageSequence(after)
                try found.append(bind(rest, to: sql.list, filter.hiding, in: queue, now: now).bind(8, last))
            case .sealed(let messages):
                guard messages.client != filter.hiding else { continue }
                for stored in messages.lazy.filter({ $0.message.expires > now }).prefix(rest.limit) {
                    found.append(stored)
                }
            }
        }
        return try complete(found)
    }

    /// Passes over the messages of the client that is hidden, by looking up those of each other client.
    private func skip(
        _ filter: MessageFilter, in queue: QueueRef, now: Timestamp
    ) throws(SQLiteFailure) -> [Message] {
        var found: [Int64] = []
        var client: [UInt8] = []
        var count = 0
        while let next = try nextClient(after: client, in: queue) {
            client = next
            count += 1
            guard count <= Self.writers else { return try scan(filter, through: .max, in: queue, now: now) }
            if client == filter.hiding?.packed { continue }
            let rows = try bind(filter, to: sql.ofClient, ClientID(packed: client[...]), in: queue, now: now)
                .rows { $0.integer(0) }
            found += rows + (try sealed(of: client, filter, in: queue, now: now))
        }
        var messages = FoundMessages()
        for sequence in found.sorted().prefix(filter.limit) {
            if let stored = try message(at: sequence, in: queue.life.value) { messages.append(stored) }
        }
        return try complete(messages)
    }

    private func nextClient(after client: [UInt8], in queue: QueueRef) throws(SQLiteFailure) -> [UInt8]? {
        let row = try sql.nextClient.bind(1, queue.life.value).bind(2, client).first { $0.bytes(0) }
        let parcel = try parcels.nextClient.bind(1, queue.life.value).bind(2, client).first { $0.bytes(0) }
        guard let row, let parcel else { return row ?? parcel }
        return row.lexicographicallyPrecedes(parcel) ? row : parcel
    }

    /// The sequences of this client's messages in sealed parcels, in order.
    private func sealed(
        of client: [UInt8], _ filter: MessageFilter, in queue: QueueRef, now: Timestamp
    ) throws(SQLiteFailure) -> [Int64] {
        let row = parcels.ofClient.bind(1, queue.life.value).bind(2, client).bind(3, filter.after.value)
        defer { row.reset() }
        var found: [Int64] = []
        while found.count < filter.limit, try row.step() {
            found += try Parcel(row).messages(after: filter.after.value).lazy.map(\.message)
                .filter { $0.expires > now }.prefix(filter.limit - found.count).map(\.sequence.value)
        }
        return found
    }

    /// Binds what both ways of listing have in common.
    private func bind(
        _ filter: MessageFilter, to statement: Statement, _ client: ClientID?, in queue: QueueRef, now: Timestamp
    ) -> Statement {
        statement.bind(1, queue.life.value).bind(2, filter.after.value).bind(3, now.milliseconds)
            .bind(4, filter.includeClaimed ? 1 : 0).bind(5, filter.includeDelayed ? 1 : 0).bind(7, filter.limit)
        if let client { return statement.bind(6, client.packed) }
        return statement.bindNull(6)
    }
}
