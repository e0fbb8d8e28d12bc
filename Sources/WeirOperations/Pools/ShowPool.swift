internal import WeirCatalog
internal import WeirStorage

extension Operations {
    package func showPool(_ name: String) async throws(OperationError) -> PoolDetails {
        details(try await slot(name), try await queueCounts())
    }

    /// Looks at the live pool now.
    package func probePool(_ name: String) async throws(OperationError) -> PoolDetails {
        let slot = try await slot(name)
        try await operation(try await catalog.pools.probe(slot))
        return details(slot, try await queueCounts())
    }

    private func slot(_ name: String) async throws(OperationError) -> PoolSlot {
        guard let slot = try await findPool(name) else { throw Self.noPool(name) }
        return slot
    }
}
