package import WeirDomain
package import WeirStorage

extension CatalogStore {
    /// Creates the pool or replaces the one that there is, whatever it is: looks again if somebody else changed it meanwhile.
    package func put(
        _ pool: Pool, replacing former: String? = nil, noting entry: AuditEntry? = nil
    ) async throws(StorageError) -> PoolRegistration {
        while true {
            let present = try await pools().first { $0.pool.name.utf8.elementsEqual(pool.name.utf8) }
            let outcome = try await put(pool, over: present?.version, replacing: former, noting: entry)
            if outcome != .changed { return outcome }
        }
    }

    /// Creates the flavor or replaces the one that there is, whatever it is: looks again if somebody else changed it meanwhile.
    package func put(
        _ flavor: Flavor, pools: [String], detachingOthers: Bool, noting entry: AuditEntry? = nil
    ) async throws(StorageError) -> FlavorRegistration {
        while true {
            let present = try await self.flavor(flavor.name, of: flavor.project)
            let outcome = try await put(
                flavor, over: present, pools: pools, detachingOthers: detachingOthers, noting: entry)
            if outcome != .changed { return outcome }
        }
    }
}
