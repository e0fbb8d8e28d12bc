internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

extension CatalogSession {
    // MARK: Pools

    func pools() throws -> [PoolRecord] {
        try sql.pools.rows(PoolRecord.init(row:))
    }

    func put(_ pool: Pool, over seen: Int64?, replacing former: String?) throws -> PoolRegistration {
        let old = try sql.pool.bind(1, pool.name).first(PoolRecord.init(row:))
        guard old?.version == seen else { return .changed }
        let owner = try sql.poolWithURI.bind(1, pool.uri).first { $0.text(0) }
        if let owner, owner != pool.name { return .uriInUse(by: owner) }
        if let old, old.pool.uri != pool.uri, old.pool.uri != former {
            guard old.queues == 0 else { return .holdsQueues(old.queues) }
            let moves = try countMoves(naming: pool.name)
            guard moves == 0 else { return .movesQueues(moves) }
        }
        try sql.putPool.bind(1, pool.name).bind(2, pool.uri).bind(3, pool.weight).bind(4, pool.flavor)
            .bind(5, pool.options).bind(6, pool.state.rawValue).bind(7, nextVersion()).run()
        try sql.markPools.run()
        return .stored
    }

    func removePool(_ name: String) throws -> PoolRemoval {
        guard let record = try sql.pool.bind(1, name).first(PoolRecord.init(row:)) else { return .removed }
        guard record.queues == 0 else { return .holdsQueues(record.queues) }
        let moves = try countMoves(naming: name)
        guard moves == 0 else { return .movesQueues(moves) }
        if let flavor = record.pool.flavorName {
            let carriers = try sql.flavorCarriers.bind(1, flavor).first { $0.int(0) } ?? 0
            if carriers == 1 { return .lastOfFlavor(flavor) }
        }
        try sql.deletePool.bind(1, name).run()
        return .removed
    }

    // MARK: Flavors

    func flavor(_ name: String, of project: ProjectID) throws -> Flavor? {
        try sql.flavor.bind(1, project.value).bind(2, name).first { Flavor(row: $0, project: project) }
    }

    func flavors(of project: ProjectID, after name: String, limit: Int) throws -> [Flavor] {
        try sql.flavors.bind(1, project.value).bind(2, name).bind(3, limit)
            .rows { Flavor(row: $0, project: project) }
    }

    func requirements(ofFlavor name: String) throws -> CapabilitySet {
        let each = try sql.requirements.bind(1, name).rows { CapabilitySet(names: $0.text(0)) }
        return CapabilitySet(each.flatMap(\.members))
    }

    func put(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool
    ) throws -> FlavorRegistration {
        guard try self.flavor(flavor.name, of: flavor.project) == seen else { return .changed }
        for name in pools {
            let known = try sql.poolNumber.bind(1, name).first { _ in true }
            if known == nil { return .unknownPool(name) }
        }
        if detachingOthers { try sql.detach.bind(1, flavor.name).bind(2, nextVersion()).run() }
        for name in pools { try sql.attach.bind(1, name).bind(2, flavor.name).bind(3, nextVersion()).run() }
        try sql.putFlavor.bind(1, flavor.project.value).bind(2, flavor.name)
            .bind(3, flavor.required.members.map(\.rawValue).joined(separator: ","))
            .bind(4, flavor.listsPools ? 1 : 0).run()
        return .stored
    }

    /// False if there was none.
    func removeFlavor(_ name: String, of project: ProjectID) throws -> Bool {
        let present = try flavor(name, of: project)
        guard present != nil else { return false }
        try sql.deleteFlavor.bind(1, project.value).bind(2, name).run()
        try sql.detach.bind(1, name).bind(2, nextVersion()).run()
        return true
    }
}

extension PoolRecord {
    /// Reads name, uri, weight, flavor, options, state, queues, version.
    init(row: Statement) {
        self.init(
            pool: Pool(
                name: row.text(0), uri: row.text(1), weight: row.int(2),
                flavor: row.isNull(3) ? nil : row.text(3), options: row.bytes(4),
                state: PoolState(rawValue: row.text(5)) ?? .open),
            queues: row.int(6), version: row.integer(7))
    }
}

extension Flavor {
    /// Reads name, required, lists_pools.
    init(row: Statement, project: ProjectID) {
        self.init(
            project: project, name: row.text(0), required: CapabilitySet(names: row.text(1)),
            listsPools: row.int(2) != 0)
    }
}

extension CapabilitySet {
    /// Reads names separated by commas.
    fileprivate init(names: String) {
        self.init(names.split(separator: ",").compactMap { Capability(rawValue: String($0)) })
    }
}
