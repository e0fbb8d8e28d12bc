internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// What sessions that read and sessions that write ask of the server.
struct CatalogQueries {
    let connection: MongoConnection
    /// Of commands outside transactions; nil inside, where the transaction has one.
    let readConcern: String?

    /// A reply holds at most 16 MiB: one that comes near may not be all.
    private static let fullReply = 8 << 20

    init(_ connection: MongoConnection, readConcern: String?) {
        self.connection = connection
        self.readConcern = readConcern
    }

    // MARK: Finding

    /// - Parameter concern: Instead of the usual one.
    func find(
        _ collection: String, limit: Int, concern: String? = nil, hint: String? = nil, sorted: Bool = false,
        keysOnly: Bool = false, where filter: (inout BSONWriter) -> Void
    ) throws(MongoFailure) -> [BSONDocument] {
        let reply = try connection.run { command in
            command.string("find", collection)
            command.document("filter", filter)
            if keysOnly { command.document("projection") { $0.int32("_id", 1) } }
            if sorted { command.document("sort") { $0.int32("_id", 1) } }
            command.int64("limit", Int64(limit))
            command.int64("batchSize", Int64(limit))
            command.bool("singleBatch", true)
            if let hint { command.string("hint", hint) }
            if let level = concern ?? readConcern { command.document("readConcern") { $0.string("level", level) } }
        }
        return reply.document("cursor")?.documents("firstBatch") ?? []
    }

    /// The documents between two keys in order, at most `limit`: of more than one reply if one cannot hold them.
    /// - Parameter filter: What else they must be like.
    func list(
        _ collection: String, after start: StoredKey, before end: StoredKey? = nil, limit: Int, concern: String? = nil,
        hint: String? = nil, where filter: (inout BSONWriter) -> Void = { _ in }
    ) throws(MongoFailure) -> [BSONDocument] {
        var found: [BSONDocument] = []
        var start = start
        while found.count < limit {
            let page = try find(
                collection, limit: limit - found.count, concern: concern, hint: hint, sorted: true
            ) { condition in
                condition.document("_id") { key in
                    start.write(to: &key, as: "$gt")
                    end?.write(to: &key, as: "$lt")
                }
                filter(&condition)
            }
            found += page
            guard Self.isFull(page), let next = page.last.flatMap(StoredKey.init) else { break }
            start = next
        }
        return found
    }

    /// The documents of these keys, in no order.
    func documents(_ collection: String, _ keys: ArraySlice<[UInt8]>) throws(MongoFailure) -> [BSONDocument] {
        guard !keys.isEmpty else { return [] }
        let found = try find(collection, limit: keys.count) { filter in
            filter.document("_id") { $0.array("$in", keys) { $0.document($1, $2) } }
        }
        guard keys.count > 1, found.count < keys.count, Self.isFull(found) else { return found }
        let middle = keys.startIndex + keys.count / 2
        return try documents(collection, keys[..<middle]) + documents(collection, keys[middle...])
    }

    private static func isFull(_ reply: [BSONDocument]) -> Bool {
        reply.reduce(0) { $0 + $1.bytes.count } > fullReply
    }

    // MARK: Queues

    func queues(_ keys: Set<QueueKey>) throws(MongoFailure) -> [QueueKey: QueueRecord] {
        var records: [QueueKey: QueueRecord] = [:]
        for document in try documents(CatalogSchema.queues, keys.map(\.stored)[...]) {
            let record = try QueueRecord(stored: document)
            records[record.key] = record
        }
        return records
    }

    /// Those of these lives that queues have.
    func existing(_ lives: Set<QueueLife>) throws(MongoFailure) -> Set<QueueLife> {
        guard !lives.isEmpty else { return [] }
        let reply = try connection.run { command in
            command.string("find", CatalogSchema.queues)
            command.document("filter") { filter in
                filter.document("l") { $0.array("$in", lives) { $0.int64($1, $2.value) } }
            }
            // The index alone has the answer.
            command.string("hint", CatalogSchema.Index.life)
            command.document("projection") { fields in
                fields.int32("_id", 0)
                fields.int32("l", 1)
            }
            command.int64("limit", Int64(lives.count))
            command.int64("batchSize", Int64(lives.count))
            command.bool("singleBatch", true)
            if let readConcern { command.document("readConcern") { $0.string("level", readConcern) } }
        }
        let found = reply.document("cursor")?.documents("firstBatch") ?? []
        return Set(found.compactMap { $0.integer("l").map(QueueLife.init) })
    }

    // MARK: Pools

    /// The pools whose documents lie between these keys, with their counts, in order.
    ///
    /// - Parameter concern: One that reads a single snapshot: otherwise a queue that moves could be counted twice.
    func pools(
        after start: [UInt8], before end: [UInt8]? = nil, concern: String? = nil
    ) throws(MongoFailure) -> [PoolRecord] {
        let documents = try list(
            CatalogSchema.pools, after: .document(start), before: end.map(StoredKey.document), limit: Int(Int32.max),
            concern: concern)
        var pools: [PoolRecord] = []
        for document in documents {
            if let count = document.integer("n") {
                guard !pools.isEmpty else { throw unreadable(CatalogSchema.pools) }
                pools[pools.count - 1].queues += Int(count)
            } else {
                pools.append(try PoolRecord(stored: document))
            }
        }
        return pools
    }

    func pool(_ name: String) throws(MongoFailure) -> PoolRecord? {
        try pools(after: CounterKeys.start(name), before: CounterKeys.end(name)).first
    }

    // MARK: State

    func state(_ name: String) throws(MongoFailure) -> BSONDocument? {
        try find(CatalogSchema.state, limit: 1) { $0.string("_id", name) }.first
    }
}
