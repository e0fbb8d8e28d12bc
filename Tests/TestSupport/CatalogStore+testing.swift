package import WeirDomain
package import WeirStorage

extension CatalogStore {
    /// Creates the pool or replaces the one that there is, whatever it is.
    package func put(
        _ pool: Pool, replacing former: String? = nil, noting entry: AuditEntry? = nil
    ) async throws(StorageError) -> PoolRegistration {
        let present = try await pools().first { $0.pool.name.utf8.elementsEqual(pool.name.utf8) }
        return try await put(pool, over: present?.version, replacing: former, noting: entry)
    }

    /// Creates the flavor or replaces the one that there is, whatever it is.
    package func put(
        _ flavor: Flavor, pools: [String], detachingOthers: Bool, noting entry: AuditEntry? = nil
    ) async throws(StorageError) -> FlavorRegistration {
        let present = try await self.flavor(flavor.name, of: flavor.project)
        return try await put(
            flavor, over: present, pools: pools, detachingOthers: detachingOthers, noting: entry)
    }
}
