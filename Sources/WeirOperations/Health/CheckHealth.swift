internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

/// How one step of a health check went.
package struct HealthStep: Sendable {
    package let name: String
    package let seconds: Double
    /// What went wrong, for the log; nil if it went well.
    package let failure: String?
}

/// What a health check found in one pool.
package struct PoolHealth: Sendable {
    package let name: String
    package let isReachable: Bool
    package let steps: [HealthStep]
    package let stats: QueueStats
}

extension Operations {
    /// Returns if the catalog and every pool answer.
    package func ping() async throws(OperationError) {
        try await operation { () async throws(StorageError) in
            try await catalog.store.ping()
            for slot in catalog.pools.pools { try await slot.driver().ping() }
        }
    }

    /// The names of pools that do not answer, with the reason.
    package func unreachablePools() async -> [(name: String, reason: String)] {
        var found: [(String, String)] = []
        for slot in catalog.pools.pools {
            do throws(StorageError) {
                try await slot.driver().ping()
            } catch {
                found.append((slot.pool.name, "\(error)"))
            }
        }
        return found
    }

    package func isCatalogReachable() async -> Bool {
        do throws(StorageError) {
            try await catalog.store.ping()
            return true
        } catch {
            return false
        }
    }

    /// Goes through the life of a queue in every pool: creates one, posts, claims, lists, deletes. The queue is in
    /// no catalog and gone afterwards.
    package func checkHealth() async -> [PoolHealth] {
        var report: [PoolHealth] = []
        for slot in catalog.pools.pools {
            var check = HealthCheck(now: clock.now())
            do throws(StorageError) {
                await check.run(on: try slot.driver())
            } catch {
                check.note("create_queue", seconds: 0, failure: error)
            }
            report.append(
                PoolHealth(
                    name: slot.pool.name, isReachable: check.steps.first?.failure == nil, steps: check.steps,
                    stats: check.stats))
        }
        return report
    }
}
