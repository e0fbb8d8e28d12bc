internal import MongoEngine
package import WeirDomain
package import WeirStorage

extension MongoDBDriver {
    /// Queues of which one step gives back what ended.
    private static let settledPerStep = 100

    package func collect(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        var left = max(0, limit)
        let mayEndMore = try await settleDue(now: now)
        left -= try await collectExpired(left, now: now)
        left -= try await collectRetired(left, now: now)
        left -= try await collectRest(left, now: now)
        return left <= 0 || mayEndMore
    }

    private func settleDue(now: Timestamp) async throws(StorageError) -> Bool {
        let due = try await look { try $0.dueQueues(Self.settledPerStep, now: now) }
        var isMore = due.count == Self.settledPerStep
        for life in due where !(try await change(life) { try $0.settle(life, now: now) }) { isMore = true }
        return isMore
    }

    private func collectExpired(_ limit: Int, now: Timestamp) async throws(StorageError) -> Int {
        guard limit > 0 else { return 0 }
        let found = try await look { try $0.expiredBlocks(limit, now: now) }
        var removed = 0
        for (life, lasts) in found where removed < limit {
            let left = limit - removed
            removed += try await change(life) { try $0.removeExpired(left, from: lasts, of: life, now: now) }
        }
        return removed
    }

    private func collectRetired(_ limit: Int, now: Timestamp) async throws(StorageError) -> Int {
        var removed = 0
        while removed < limit, let life = try await look({ try $0.retiredQueue() }) {
            let left = limit - removed
            removed += max(1, try await change(life) { try $0.empty(life, limit: left) })
        }
        return min(removed, limit)
    }

    private func collectRest(_ limit: Int, now: Timestamp) async throws(StorageError) -> Int {
        guard limit > 0 else { return 0 }
        let claims = try await change(0) { try $0.removeEndedClaims(limit, now: now) }
        guard claims < limit else { return limit }
        return claims + (try await change(0) { try $0.forgetTombstones(limit - claims, now: now) })
    }

    func look<Value: Sendable>(
        _ query: @escaping @Sendable (PoolQueries) throws -> Value
    ) async throws(StorageError) -> Value {
        try await readers.perform(0) { reader in
            let value = try query(reader.queries)
            return { _ in value }
        }
    }
}
