internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

extension Operations {
    /// Pools in byte order of their names.
    package func listPools(after marker: String, limit: Int?) async throws(OperationError) -> Page<PoolDetails> {
        let limit = try pageSize(limit, maximum: limits.poolsPerPage)
        try await operation(try await catalog.pools.followNews())
        let counts = try await queueCounts()
        let slots = catalog.pools.pools.filter { marker.utf8.lexicographicallyPrecedes($0.pool.name.utf8) }
        return Page(slots.prefix(limit).map { details($0, counts) }) { $0.pool.name }
    }
}
