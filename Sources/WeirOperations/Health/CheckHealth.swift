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

/// What a node knows of a pool.
package struct PoolCondition: Sendable {
    package let name: String
    /// Why it does not work at present; nil if it does.
    package let outage: String?
    package let capabilities: CapabilitySet
    package let flavor: String?
    /// What its flavor requires and it lacks.
    package let shortfall: CapabilitySet
    /// How often callers were cut off from it because it did not answer.
    package let trips: Int
}

extension Operations {
    /// Returns if the catalog answers and not every pool is known to be away: a node that serves some queues is not
    /// to be taken out of service for the sake of the others.
    package func ping() async throws(OperationError) {
        try await operation(steps: { () async throws(StorageError) in
            try await catalog.store.ping()
            let outages = catalog.pools.pools.map(\.outage)
            if let reason = outages.first ?? nil, !outages.contains(nil) { throw .unavailable(reason) }
        })
    }

    /// What this node knows of its pools, without asking them.
    package func poolConditions() -> [PoolCondition] {
        catalog.pools.pools.map { slot in
            PoolCondition(
                name: slot.name, outage: slot.outage, capabilities: slot.capabilities,
                flavor: slot.pool.flavorName, shortfall: slot.shortfall, trips: slot.trips)
        }
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
