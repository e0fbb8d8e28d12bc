internal import MongoEngine
internal import WeirDomain

extension PoolReader {
    /// How many blocks a listing reads at once: few at first, because most listings are short.
    private static let pages = [2, 8, 32]
    /// How many blocks a listing looks at before it asks who wrote the rest.
    private static let scanned = 64
    /// With more writers than this their messages are taken to be everywhere.
    private static let writers = 256

    func list(_ filter: MessageFilter, in ref: QueueRef, now: Timestamp) throws -> [Message] {
        let life = ref.life.value
        var found: [Message] = []
        var after = filter.after.value
        var seen = 0
        var others: [[UInt8]]?
        var count = 0
        while found.count < filter.limit, after < .max {
            let size = Self.pages[min(count, Self.pages.count - 1)]
            count += 1
            let page = try page(of: life, after: after, limit: size, writtenBy: others)
            for block in page.blocks { show(block, filter, now: now, &found) }
            guard !page.isLast, let last = page.blocks.last?.last else { break }
            after = last
            if seen < Self.scanned, seen + size >= Self.scanned, let hidden = filter.hiding {
                others = try self.others(than: hidden, in: life)
            }
            seen += size
        }
        return found
    }

    private func page(
        of life: Int64, after: Int64, limit: Int, writtenBy clients: [[UInt8]]?
    ) throws(MongoFailure) -> PoolQueries.Page {
        guard let clients else { return try page(of: life, after: after, limit: limit) }
        return try queries.blocks(
            of: life, after: after, limit: limit, fields: .everything, hint: Schema.Index.client
        ) { filter in
            filter.int64("l", life)
            filter.document("c") { $0.array("$in", clients) { $0.binary($1, $2) } }
        }
    }

    private func show(_ block: Block, _ filter: MessageFilter, now: Timestamp, _ found: inout [Message]) {
        for (index, record) in block.records.enumerated() where found.count < filter.limit {
            guard record.sequence > filter.after.value, record.isVisible(at: now) else { continue }
            guard filter.includeClaimed || !record.isClaimed(at: now) else { continue }
            guard filter.includeDelayed || record.delayedUntil <= now.milliseconds else { continue }
            if let hidden = filter.hiding, block.clients[record.client] == hidden.value { continue }
            found.append(block.message(index))
        }
    }

    // MARK: Hiding

    /// The keys of all clients but this one, and nobody's, for blocks that several wrote; nil if they are too many.
    private func others(than hidden: ClientID, in life: Int64) throws(MongoFailure) -> [[UInt8]]? {
        let reply = try connection.run { command in
            command.string("distinct", Schema.blocks)
            command.string("key", "c")
            command.document("query") { $0.int64("l", life) }
            queries.write(readConcernTo: &command)
        }
        let clients = reply.array("values").compactMap { value -> [UInt8]? in
            if case .binary(let key) = value { Array(key) } else { nil }
        }
        guard clients.count <= Self.writers else { return nil }
        return clients.filter { $0 != Keys.client(hidden.value) }
    }
}
