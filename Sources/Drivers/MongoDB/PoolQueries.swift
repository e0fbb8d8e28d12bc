internal import MongoEngine
internal import WeirDomain

/// What sessions that read and sessions that write ask of the server.
struct PoolQueries {
    /// Blocks that were asked for.
    struct Page {
        let blocks: [Block]
        /// Whether there are no more behind them.
        let isLast: Bool

        /// Bytes that it takes in memory, roughly.
        var weight: Int { blocks.reduce(128) { $0 + $1.weight } }
    }

    enum Fields {
        case everything
        /// All but the bodies.
        case records
        case keys
        /// Of a header.
        case version
    }

    let connection: MongoConnection
    /// Of commands outside transactions; nil inside, where the transaction has one.
    let readConcern: String?
    /// The moment at which the server is to be seen; nil for now.
    var moment: UInt64?

    /// A reply holds at most 16 MiB: one that comes near does not say that there is no more.
    private static let fullReply = 8 << 20

    // MARK: Finding

    func find(
        _ collection: String, limit: Int, fields: Fields = .everything, hint: String? = nil, descending: Bool = false,
        sortedBy field: String? = "_id", where filter: (inout BSONWriter) -> Void
    ) throws(MongoFailure) -> [BSONDocument] {
        let reply = try connection.run { command in
            command.string("find", collection)
            command.document("filter", filter)
            if let field { command.document("sort") { $0.int32(field, descending ? -1 : 1) } }
            command.int64("limit", Int64(limit))
            command.int64("batchSize", Int64(limit))
            command.bool("singleBatch", true)
            write(fields, to: &command)
            if let hint { command.string("hint", hint) }
            write(readConcernTo: &command)
        }
        return reply.document("cursor")?.documents("firstBatch") ?? []
    }

    func write(readConcernTo command: inout BSONWriter) {
        guard let readConcern else { return }
        command.document("readConcern") { concern in
            guard let moment else { return concern.string("level", readConcern) }
            concern.string("level", "snapshot")
            concern.timestamp("atClusterTime", moment)
        }
    }

    private func write(_ fields: Fields, to command: inout BSONWriter) {
        switch fields {
        case .everything: return
        case .records: command.document("projection") { $0.int32("b", 0) }
        case .keys: command.document("projection") { $0.int32("_id", 1) }
        case .version: command.document("projection") { $0.int32(QueueHeader.Field.version, 1) }
        }
    }

    func headers(_ lives: Set<Int64>) throws(MongoFailure) -> [Int64: QueueHeader] {
        let found = try find(Schema.queues, limit: lives.count, sortedBy: nil) { filter in
            filter.document("_id") { $0.array("$in", lives) { $0.int64($1, $2) } }
        }
        let headers = found.map(QueueHeader.init)
        return Dictionary(headers.map { ($0.life, $0) }) { first, _ in first }
    }

    func versions(_ lives: Set<Int64>) throws(MongoFailure) -> [Int64: Int64] {
        let found = try find(Schema.queues, limit: lives.count, fields: .version, sortedBy: nil) { filter in
            filter.document("_id") { $0.array("$in", lives) { $0.int64($1, $2) } }
        }
        let versions = found.map { ($0.integer("_id") ?? 0, QueueHeader.storedVersion($0)) }
        return Dictionary(versions) { first, _ in first }
    }

    // MARK: Blocks

    func page(
        _ limit: Int, fields: Fields, hint: String? = nil, descending: Bool = false, sortedBy field: String? = "_id",
        where filter: (inout BSONWriter) -> Void
    ) throws(MongoFailure) -> Page {
        let found = try find(
            Schema.blocks, limit: limit, fields: fields, hint: hint, descending: descending,
            sortedBy: field, where: filter)
        let blocks = found.compactMap(Block.init)
        let bytes = blocks.reduce(0) { $0 + $1.weight }
        return Page(blocks: blocks, isLast: found.count < limit && bytes < Self.fullReply)
    }

    /// Blocks of a queue that end after `sequence`, in order.
    func blocks(
        of life: Int64, after sequence: Int64, limit: Int, fields: Fields, hint: String? = nil,
        where condition: (inout BSONWriter) -> Void = { _ in }
    ) throws(MongoFailure) -> Page {
        try page(limit, fields: fields, hint: hint) { filter in
            condition(&filter)
            range(of: life, after: sequence, to: &filter)
        }
    }

    private func range(of life: Int64, after sequence: Int64, to filter: inout BSONWriter) {
        filter.document("_id") { key in
            key.binary("$gt", Keys.block(life, sequence))
            key.binary("$lte", Keys.block(life, .max))
        }
    }

    /// The only block that can hold this sequence.
    func block(of life: Int64, with sequence: Int64, fields: Fields) throws(MongoFailure) -> Block? {
        guard sequence > .min else { return nil }
        return try blocks(of: life, after: sequence - 1, limit: 1, fields: fields).blocks.first
    }

    func blocks(of life: Int64, ending lasts: [Int64], fields: Fields) throws(MongoFailure) -> [Block] {
        var found: [Block] = []
        var rest = lasts
        while !rest.isEmpty {
            let some = rest.prefix(64)
            let page = try page(some.count, fields: fields) { filter in
                filter.document("_id") { $0.array("$in", some) { $0.binary($1, Keys.block(life, $2)) } }
            }
            found += page.blocks
            let given = Set(page.blocks.map(\.last))
            // What did not fit into a full reply is asked for again.
            let others = page.isLast || page.blocks.isEmpty ? [] : some.filter { !given.contains($0) }
            rest = others + rest.dropFirst(some.count)
        }
        return found
    }

    /// Blocks with a message that keeps this id. Of all but one the message is gone or expired.
    func blocks(of life: Int64, keeping id: MessageID, fields: Fields) throws(MongoFailure) -> [Block] {
        try page(64, fields: fields, hint: Schema.Index.kept, sortedBy: nil) { filter in
            filter.binary("k", Keys.kept(life, id))
        }.blocks
    }

    func claim(_ id: ClaimID, of life: Int64) throws(MongoFailure) -> ClaimRecord? {
        try find(Schema.claims, limit: 1, sortedBy: nil) { $0.binary("_id", Keys.claim(life, id)) }
            .first.map(ClaimRecord.init)
    }

    // MARK: Keys

    /// The first keys of this range.
    func keys(
        _ collection: String, from low: [UInt8], through high: [UInt8], limit: Int
    ) throws(MongoFailure) -> [[UInt8]] {
        try find(collection, limit: limit, fields: .keys) { filter in
            filter.document("_id") { key in
                key.binary("$gte", low)
                key.binary("$lte", high)
            }
        }.compactMap { $0.binary("_id").map { Array($0) } }
    }

    /// The keys of blocks with expired messages, by the lives of their queues, at most `limit`.
    func expiredBlocks(_ limit: Int, now: Timestamp) throws(MongoFailure) -> [Int64: [Int64]] {
        let found = try find(Schema.blocks, limit: limit, fields: .keys, hint: Schema.Index.expiry, sortedBy: nil) {
            $0.document("x") { $0.int64("$lte", now.milliseconds) }
        }
        var lasts: [Int64: [Int64]] = [:]
        for document in found {
            guard let key = document.binary("_id") else { continue }
            guard let life = Keys.life(key), let last = Keys.last(key) else { continue }
            lasts[life, default: []].append(last)
        }
        return lasts
    }

    /// Queues of which a delay or a claim has ended by `now`, at most `limit`.
    func dueQueues(_ limit: Int, now: Timestamp) throws(MongoFailure) -> [Int64] {
        try find(Schema.queues, limit: limit, fields: .keys, hint: Schema.Index.wake, sortedBy: nil) {
            $0.document("w") { $0.int64("$lte", now.milliseconds) }
        }.compactMap { $0.integer("_id") }
    }

    /// A queue whose life is over and of which records may be left.
    func retiredQueue() throws(MongoFailure) -> Int64? {
        try find(Schema.queues, limit: 1, fields: .keys, hint: Schema.Index.role, sortedBy: nil) {
            $0.int64("r", QueueHeader.Role.retired.rawValue)
        }.first?.integer("_id")
    }
}
