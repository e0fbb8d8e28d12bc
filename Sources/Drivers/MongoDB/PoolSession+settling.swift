internal import MongoEngine
internal import WeirDomain

extension PoolSession {
    /// Blocks that settling reads at once.
    private static let page = 128

    /// Gives back what delays and claims that ended by `now` held. Each message is freed once for each time it was
    /// held, so this adds nothing to the cost of the holds.
    /// - Returns: False if there is more than one batch may do.
    func settle(_ queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> Bool {
        guard let header = queue.header, header.wake <= now.milliseconds else { return true }
        guard try giveBack(queue, now: now) else { return false }
        queue.header?.wake = try nextWake(of: queue)
        queue.header?.settledUntil = header.settled(at: now).milliseconds
        queue.isChanged = true
        return true
    }

    /// Frees what is to be free by `now`, as blocks say, and stores that.
    /// - Returns: False if there is more than one batch may do.
    func giveBack(_ queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> Bool {
        for block in queue.inOrder { free(block, in: queue, now: now) }
        try store([queue].filter(\.isChanged))
        while endedPagesLeft > 0 {
            endedPagesLeft -= 1
            let page = try ended(in: queue, now: now)
            if page.blocks.isEmpty { return true }
            for block in page.blocks { free(queue.remember(block), in: queue, now: now) }
            try store([queue].filter(\.isChanged))
        }
        return false
    }

    private func ended(in queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> PoolQueries.Page {
        try queries.page(Self.page, fields: .records, hint: Schema.Index.wake, sortedBy: nil) { filter in
            filter.int64("l", queue.life)
            filter.document("w") { $0.int64("$lte", now.milliseconds) }
        }
    }

    private func free(_ block: Block, in queue: LoadedQueue, now: Timestamp) {
        guard let wake = block.summary.wake, wake <= now.milliseconds else { return }
        for index in block.records.indices {
            guard let end = block.records[index].wake, end <= now.milliseconds else { continue }
            if block.records[index].state == .claimed { queue.count(claimed: -1) }
            block.records[index].state = .free
            queue.touch(block)
            queue.isChanged = true
        }
    }

    /// When the first delay or claim ends that a block tells of.
    func nextWake(of queue: LoadedQueue) throws(MongoFailure) -> Int64 {
        let reply = try connection.run { command in
            command.string("find", Schema.blocks)
            command.document("filter") { filter in
                filter.int64("l", queue.life)
                filter.document("w") { $0.bool("$exists", true) }
            }
            command.document("sort") { $0.int32("w", 1) }
            command.document("projection") { $0.int32("w", 1) }
            command.string("hint", Schema.Index.wake)
            command.int32("limit", 1)
            command.bool("singleBatch", true)
        }
        return reply.document("cursor")?.documents("firstBatch").first?.integer("w") ?? .max
    }
}
