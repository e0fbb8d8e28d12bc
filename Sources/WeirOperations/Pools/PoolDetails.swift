package import WeirDomain
internal import WeirCatalog
internal import WeirStorage

/// A pool with what this node knows of it.
package struct PoolDetails: Sendable {
    package let pool: Pool
    package let driver: String?
    package let probe: PoolProbe?
    /// What its flavor requires and it lacks: as long as there is any, it takes no new queues of that flavor.
    package let shortfall: CapabilitySet
    /// Why it does not work at present; nil if it does.
    package let outage: String?
    /// Queues whose route points at it.
    package let queues: Int
}

extension Operations {
    func details(_ slot: PoolSlot, _ counts: [String: Int]) -> PoolDetails {
        PoolDetails(
            pool: slot.pool, driver: slot.driverName, probe: slot.probe,
            shortfall: slot.shortfall, outage: slot.outage, queues: counts[slot.pool.name] ?? 0)
    }

    /// How many queues each pool holds, by its name.
    func queueCounts() async throws(OperationError) -> [String: Int] {
        let records = try await operation(try await catalog.store.pools())
        return Dictionary(records.map { ($0.pool.name, $0.queues) }) { first, _ in first }
    }

    /// The pool of this name, also if another node has registered it a moment ago.
    func findPool(_ name: String) async throws(OperationError) -> PoolSlot? {
        guard name != Pool.virtualName else { return nil }
        return try await operation(try await catalog.pools.find(name))
    }

    /// Likewise, as the catalog has it now.
    func findPresentPool(_ name: String) async throws(OperationError) -> PoolSlot? {
        guard name != Pool.virtualName else { return nil }
        try await operation(try await catalog.pools.followNews())
        return catalog.pools.pool(named: name)
    }

    static func noPool(_ name: String) -> OperationError { .notFound("Pool '\(name)' does not exist.") }
}
