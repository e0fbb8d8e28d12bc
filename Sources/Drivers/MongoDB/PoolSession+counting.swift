internal import MongoEngine
internal import WeirDomain

extension PoolSession {
    /// Nil if they have to be asked for again: there is more to be settled than one batch may do.
    func stats(of ref: QueueRef, now: Timestamp) throws -> QueueStats? {
        let queue = try checked(ref)
        guard try settle(queue, now: now) else { return nil }
        return try stats(of: queue, now: now)
    }

    /// - Parameter queue: One that is settled.
    func stats(of queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> QueueStats {
        try store([queue].filter(\.isChanged))
        let expired = try expired(in: queue, now: now)
        let messages = (queue.header?.messages ?? 0) - expired.messages
        let claimed = (queue.header?.claimed ?? 0) - expired.claimed
        return QueueStats(
            claimed: claimed, free: messages - claimed, oldest: try end(of: queue, now: now, newest: false),
            newest: try end(of: queue, now: now, newest: true))
    }

    /// Messages that have expired and were not collected yet.
    private func expired(
        in queue: LoadedQueue, now: Timestamp
    ) throws(MongoFailure) -> (messages: Int, claimed: Int) {
        var messages = 0
        var claimed = 0
        var after = Int64.min
        while true {
            let page = try queries.blocks(
                of: queue.life, after: after, limit: 128, fields: .records, hint: Schema.Index.expiry
            ) { filter in
                filter.document("x") { $0.int64("$lte", now.milliseconds) }
                filter.int64("l", queue.life)
            }
            for record in page.blocks.flatMap(\.records)
            where record.state != .gone && record.expires <= now.milliseconds {
                messages += 1
                if record.state == .claimed { claimed += 1 }
            }
            guard !page.isLast, let last = page.blocks.last?.last else { return (messages, claimed) }
            after = last
        }
    }

    private func end(of queue: LoadedQueue, now: Timestamp, newest: Bool) throws(MongoFailure) -> QueueStats.End? {
        var beyond = newest ? Int64.max : Int64(0)
        var limit = 1
        while true {
            let page = try queries.page(limit, fields: .records, descending: newest) { filter in
                filter.document("_id") { key in
                    key.binary("$gt", Keys.block(queue.life, newest ? 0 : beyond))
                    key.binary(newest ? "$lt" : "$lte", Keys.block(queue.life, newest ? beyond : .max))
                }
            }
            for block in page.blocks {
                let visible = { (record: MessageRecord) in record.isVisible(at: now) }
                let record = newest ? block.records.last(where: visible) : block.records.first(where: visible)
                if let record {
                    return QueueStats.End(id: record.id, created: Timestamp(milliseconds: record.created))
                }
                beyond = block.last
            }
            if page.isLast { return nil }
            limit = 64
        }
    }
}
