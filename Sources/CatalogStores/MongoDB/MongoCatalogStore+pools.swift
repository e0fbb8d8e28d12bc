internal import MongoEngine
package import WeirDomain
package import WeirStorage

extension MongoCatalogStore {
    // MARK: Pools

    package func pools() async throws(StorageError) -> [PoolRecord] {
        try await read { (reader) throws(MongoFailure) in
            try reader.queries.pools(after: CounterKeys.start(""), concern: "snapshot")
        }
    }

    package func put(
        _ pool: Pool, over seen: Int64?, replacing former: String?, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRegistration {
        try await administer { (session) throws(MongoFailure) in
            let outcome = try session.put(pool, over: seen, replacing: former)
            if outcome == .stored { try session.note(entry) }
            return outcome
        }
    }

    package func removePool(
        _ name: String, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRemoval {
        try await administer { (session) throws(MongoFailure) in
            let outcome = try session.removePool(name)
            if outcome == .removed { try session.note(entry) }
            return outcome
        }
    }

    // MARK: Flavors

    package func flavor(_ name: String, of project: ProjectID) async throws(StorageError) -> Flavor? {
        try await read { (reader) throws(MongoFailure) in try reader.flavor(name, of: project) }
    }

    package func flavors(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [Flavor] {
        try await read { (reader) throws(MongoFailure) in
            try reader.flavors(of: project, after: name, limit: limit)
        }
    }

    package func requirements(ofFlavor name: String) async throws(StorageError) -> CapabilitySet {
        try await read { (reader) throws(MongoFailure) in try reader.requirements(ofFlavor: name) }
    }

    package func put(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool, noting entry: AuditEntry?
    ) async throws(StorageError) -> FlavorRegistration {
        try await administer { (session) throws(MongoFailure) in
            let outcome = try session.put(flavor, over: seen, pools: pools, detachingOthers: detachingOthers)
            if outcome == .stored { try session.note(entry) }
            return outcome
        }
    }

    package func removeFlavor(
        _ name: String, of project: ProjectID, noting entry: AuditEntry?
    ) async throws(StorageError) {
        try await administer { (session) throws(MongoFailure) in
            if try session.removeFlavor(name, of: project) { try session.note(entry) }
        }
    }
}
