internal import SQLiteEngine
internal import WeirDomain

extension PoolSession {
    /// How many messages a listing looks at before it asks who wrote the rest.
    private static let scanned = 1000
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
        try sql.reach.bind(1, queue.life.value).bind(2, after.value).bind(3, Self.scanned)
            .first { $0.int(1) < Self.scanned ? nil : $0.integer(0) } ?? nil
    }

    private func scan(
        _ filter: MessageFilter, through last: Int64, in queue: QueueRef, now: Timestamp
    ) throws(SQLiteFailure) -> [Message] {
        try bind(filter, to: sql.list, filter.hiding, in: queue, now: now).bind(8, last)
            .rows { StoredMessage($0).message }
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
            found += try bind(filter, to: sql.ofClient, ClientID(packed: client[...]), in: queue, now: now)
                .rows { $0.integer(0) }
        }
        var messages: [Message] = []
        for sequence in found.sorted().prefix(filter.limit) {
            let stored = try sql.messageBySequence.bind(1, queue.life.value).bind(2, sequence)
                .first(StoredMessage.init)
            if let stored { messages.append(stored.message) }
        }
        return messages
    }

    private func nextClient(after client: [UInt8], in queue: QueueRef) throws(SQLiteFailure) -> [UInt8]? {
        try sql.nextClient.bind(1, queue.life.value).bind(2, client).first { $0.bytes(0) }
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
