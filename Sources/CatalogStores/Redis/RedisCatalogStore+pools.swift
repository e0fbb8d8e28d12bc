internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisCatalogStore {
    // MARK: Pools

    package func pools() async throws(StorageError) -> [PoolRecord] {
        let pools = try Answer.elements(try await run(.pools, [])).map(Answer.pool)
        return pools.sorted { $0.pool.name.utf8.lexicographicallyPrecedes($1.pool.name.utf8) }
    }

    package func put(
        _ pool: Pool, over seen: Int64?, replacing former: String?, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRegistration {
        let words = [pool.name, pool.uri, String(pool.weight)].map { Array($0.utf8) } + [pool.options]
        let flavor = [pool.state.rawValue, pool.flavor == nil ? "0" : "1", pool.flavor ?? "", former ?? pool.uri]
        let demanded = [seen?.word ?? []]
        switch try await run(.putPool, words + flavor.map { Array($0.utf8) } + demanded + (entry?.words ?? [])) {
        case .integer(0): return .stored
        case .null: return .changed
        case .integer(let moves) where moves < 0: return .movesQueues(Int(-moves))
        case .integer(let queues): return .holdsQueues(Int(queues))
        case let owner: return .uriInUse(by: try Answer.text(owner))
        }
    }

    package func removePool(
        _ name: String, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRemoval {
        switch try await run(.removePool, [Array(name.utf8)] + (entry?.words ?? [])) {
        case .integer(0): return .removed
        case .integer(let moves) where moves < 0: return .movesQueues(Int(-moves))
        case .integer(let queues): return .holdsQueues(Int(queues))
        case let flavor: return .lastOfFlavor(try Answer.text(flavor))
        }
    }

    // MARK: Flavors

    package func flavor(_ name: String, of project: ProjectID) async throws(StorageError) -> Flavor? {
        let reply = try await read("HGET", CatalogKeys.flavors(project.value), name)
        return reply == .null ? nil : Flavor(project: project, name: name, stored: try Answer.bytes(reply))
    }

    package func flavors(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [Flavor] {
        let reply = try await run(.listFlavors, [Array(project.value.utf8), Array(name.utf8), Int64(limit).word])
        let lists = try Answer.elements(reply)
        guard lists.count == 2 else { throw Answer.strange }
        let found = zip(try Answer.elements(lists[0]), try Answer.elements(lists[1]))
        return try found.map { (name, flavor) throws(StorageError) in
            Flavor(project: project, name: try Answer.text(name), stored: try Answer.bytes(flavor))
        }
    }

    package func requirements(ofFlavor name: String) async throws(StorageError) -> CapabilitySet {
        let each = try Answer.elements(try await read("HKEYS", CatalogKeys.required(name))).map(Answer.bytes)
        return CapabilitySet(each.flatMap { CapabilitySet(stored: $0).members })
    }

    package func put(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool, noting entry: AuditEntry?
    ) async throws(StorageError) -> FlavorRegistration {
        let words = [Array(flavor.project.value.utf8), Array(flavor.name.utf8), flavor.stored, seen?.stored ?? []]
        let attached = [detachingOthers ? "1" : "0", String(pools.count)] + pools
        switch try await run(.putFlavor, words + attached.map { Array($0.utf8) } + (entry?.words ?? [])) {
        case .integer(0): return .stored
        case .null: return .changed
        case let pool: return .unknownPool(try Answer.text(pool))
        }
    }

    package func removeFlavor(
        _ name: String, of project: ProjectID, noting entry: AuditEntry?
    ) async throws(StorageError) {
        _ = try await run(.removeFlavor, [Array(project.value.utf8), Array(name.utf8)] + (entry?.words ?? []))
    }
}
