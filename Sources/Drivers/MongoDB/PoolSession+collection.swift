internal import MongoEngine
internal import WeirDomain

/// Work of which collection is made: what it looks for is found by readers first, and done here queue by queue.
extension PoolSession {
    /// Removes at most `limit` expired messages of these blocks, and says how many.
    func removeExpired(_ limit: Int, from lasts: [Int64], of life: Int64, now: Timestamp) throws(MongoFailure) -> Int {
        guard let queue = queue(life), queue.header != nil else { return 0 }
        try store([queue].filter(\.isChanged))
        var removed = 0
        for stored in try queries.blocks(of: life, ending: lasts, fields: .records) {
            let block = queue.remember(stored)
            for index in block.records.indices where removed < limit {
                let record = block.records[index]
                guard record.state != .gone, record.expires <= now.milliseconds else { continue }
                queue.remove(index, of: block)
                removed += 1
            }
        }
        return removed
    }

    /// Gives back what ended by `now`, if the queue is still served. False if there is more.
    func settle(_ life: Int64, now: Timestamp) throws(MongoFailure) -> Bool {
        guard let queue = queue(life), queue.header?.isServing == true else { return true }
        return try settle(queue, now: now)
    }

    /// Removes at most `limit` records of a queue whose life is over, says how many, and marks it when none are left.
    func empty(_ life: Int64, limit: Int) throws(MongoFailure) -> Int {
        guard let queue = queue(life), queue.header?.role == .retired else { return 0 }
        let removed = try removeRecords(of: queue, limit: limit)
        if removed < limit {
            queue.header?.role = .emptied
            queue.isChanged = true
        }
        return removed
    }

    /// Likewise, whole blocks at a time.
    private func removeRecords(of queue: LoadedQueue, limit: Int) throws(MongoFailure) -> Int {
        let blocks = try queries.keys(
            Schema.blocks, from: Keys.block(queue.life, .min), through: Keys.block(queue.life, .max), limit: limit)
        try delete(Schema.blocks, blocks)
        guard blocks.count < limit else { return limit }
        return blocks.count + (try removeClaimsAndMarks(of: queue, limit: limit - blocks.count))
    }

    /// Removes at most `limit` claims and marks of a queue, and says how many: fewer if none are left.
    func removeClaimsAndMarks(of queue: LoadedQueue, limit: Int) throws(MongoFailure) -> Int {
        let range = Keys.claims(of: queue.life)
        let claims = try queries.keys(Schema.claims, from: range.low, through: range.high, limit: limit)
        try delete(Schema.claims, claims)
        guard claims.count < limit else { return limit }
        return claims.count + (try removeMarks(of: queue, through: .max, limit: limit - claims.count))
    }

    /// Removes at most `limit` claims that ended by `now`, and says how many.
    func removeEndedClaims(_ limit: Int, now: Timestamp) throws(MongoFailure) -> Int {
        let ended = try queries.find(
            Schema.claims, limit: limit, fields: .keys, hint: Schema.Index.expiry, sortedBy: nil
        ) {
            $0.document("x") { $0.int64("$lte", now.milliseconds) }
        }
        let keys = ended.compactMap { $0.binary("_id").map { Array($0) } }
        try delete(Schema.claims, keys)
        return keys.count
    }

    /// Forgets at most `limit` queues that ended long ago and left nothing behind, and says how many.
    func forgetTombstones(_ limit: Int, now: Timestamp) throws(MongoFailure) -> Int {
        let old = now.adding(seconds: -Limits.tombstoneSeconds)
        let found = try queries.find(
            Schema.queues, limit: limit, fields: .keys, hint: Schema.Index.role, sortedBy: nil
        ) {
            $0.document("r") { roles in
                let empty: [QueueHeader.Role] = [.emptied, .left]
                roles.array("$in", empty) { $0.int64($1, $2.rawValue) }
            }
            $0.document("ra") { $0.int64("$lt", old.milliseconds) }
        }
        let lives = found.compactMap { $0.integer("_id") }
        guard !lives.isEmpty else { return 0 }
        try connection.write { command in
            command.string("delete", Schema.queues)
            command.array("deletes", lives) { statements, name, life in
                statements.document(name) { statement in
                    statement.document("q") { $0.int64("_id", life) }
                    statement.int32("limit", 1)
                }
            }
        }
        return lives.count
    }
}
