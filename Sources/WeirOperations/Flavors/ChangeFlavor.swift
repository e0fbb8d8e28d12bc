internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

/// What an operator says about a flavor.
package struct FlavorChange: Sendable {
    package var pools: [String]?
    package var required: CapabilitySet?

    package init() {}
}

extension Operations {
    /// Creates or replaces the flavor and writes its name on the pools it lists; pools it no longer lists keep it.
    package func putFlavor(
        _ name: String, _ change: FlavorChange, of project: ProjectID
    ) async throws(OperationError) {
        guard change.pools != nil || change.required != nil else {
            throw .invalidBody("pool_list: is required, unless capabilities are given.")
        }
        try await changeFlavor(name, to: change.pools, detachingOthers: false, of: project) { _ throws(OperationError) in
            try demandPools(in: change)
            let flavor = Flavor(
                project: project, name: name, required: change.required ?? [], listsPools: change.pools != nil)
            try check(flavor, change.pools ?? []) { .flavorRefused($0) }
            return flavor
        } refused: {
            .flavorRefused($0)
        }
    }

    /// Replaces the flavor's pools: those left out are detached.
    package func patchFlavor(
        _ name: String, _ change: FlavorChange, of project: ProjectID
    ) async throws(OperationError) -> FlavorDetails {
        let stored = try await changeFlavor(
            name, to: change.pools, detachingOthers: change.pools != nil, of: project
        ) { old throws(OperationError) in
            guard var flavor = old else { throw Self.noFlavor(name) }
            try demandPools(in: change)
            if change.pools != nil { flavor.listsPools = true }
            if let required = change.required { flavor.required = required }
            if change.pools == nil { try checkCarriers(of: flavor) }
            try check(flavor, change.pools ?? []) { .flavorUpdateRefused($0) }
            return flavor
        } refused: {
            .flavorUpdateRefused($0)
        }
        return details(stored)
    }

    /// Stores what `change` makes of the flavor as the catalog has it now, whatever other nodes have made of it, and writes
    /// its name on the pools. It is worked out anew each time that another node was faster.
    @discardableResult
    private func changeFlavor(
        _ name: String, to pools: [String]?, detachingOthers: Bool, of project: ProjectID,
        _ change: (Flavor?) throws(OperationError) -> Flavor, refused: (String) -> OperationError
    ) async throws(OperationError) -> Flavor {
        try await catalog.pools.inTurn { () async throws(OperationError) in
            for attempt in 0..<Limits.changeAttempts {
                await clock.giveWay(before: attempt)
                let present = try await operation(steps: { () async throws(StorageError) in
                    try await catalog.pools.followNews()
                    return try await catalog.store.flavor(name, of: project)
                })
                let flavor = try change(present)
                let outcome = try await store(
                    flavor, over: present, pools: pools ?? [], detachingOthers: detachingOthers)
                switch outcome {
                case .stored: return flavor
                case .changed: continue
                case .unknownPool(let name): throw refused("pool_list: pool '\(name)' does not exist.")
                }
            }
            throw .unavailable(.busy)
        }
    }

    private func store(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool
    ) async throws(OperationError) -> FlavorRegistration {
        let entry = note(
            "flavor.put", flavor.name, by: flavor.project, before: seen?.described(pools: nil),
            after: flavor.described(pools: flavor.listsPools ? pools : nil))
        return try await operation(steps: { () async throws(StorageError) in
            let outcome = try await catalog.store.put(
                flavor, over: seen, pools: pools, detachingOthers: detachingOthers, noting: entry)
            try await catalog.pools.follow()
            return outcome
        })
    }

    // MARK: Checks

    private func demandPools(in change: FlavorChange) throws(OperationError) {
        if change.pools?.isEmpty == true { throw .flavorRefused("pool_list: must name at least one pool.") }
    }

    /// Pools that are to serve the flavor have to have what it requires.
    private func check(
        _ flavor: Flavor, _ pools: [String], refused: (String) -> OperationError
    ) throws(OperationError) {
        for name in pools {
            guard name != Pool.virtualName, let slot = catalog.pools.pool(named: name) else {
                throw refused("pool_list: pool '\(name)' does not exist.")
            }
            let missing = slot.capabilities.missing(from: flavor.required)
            guard missing.isEmpty else {
                throw refused("pool_list: pool '\(name)' lacks \(missing.names).")
            }
        }
    }

    /// So have those that carry its name already.
    private func checkCarriers(of flavor: Flavor) throws(OperationError) {
        for slot in catalog.pools.pools where slot.pool.flavorName == flavor.name {
            let missing = slot.capabilities.missing(from: flavor.required)
            guard missing.isEmpty else {
                throw .flavorUpdateRefused("capabilities: pool '\(slot.name)' lacks \(missing.names).")
            }
        }
    }
}
