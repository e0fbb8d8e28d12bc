internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

/// A flavor, the pools that serve it, and what can be relied on in all of them.
package struct FlavorDetails: Sendable {
    package let flavor: Flavor
    package let pools: [String]
    package let capabilities: CapabilitySet
}

/// What an operator says about a flavor.
package struct FlavorChange: Sendable {
    package var pools: [String]?
    package var required: CapabilitySet?

    package init() {}
}

extension Operations {
    /// The project's flavors in byte order of their names.
    package func listFlavors(
        of project: ProjectID, after marker: String, limit: Int?
    ) async throws(OperationError) -> Page<FlavorDetails> {
        let limit = try pageSize(limit, maximum: limits.flavorsPerPage)
        let found = try await operation { () async throws(StorageError) in
            try await catalog.store.flavors(of: project, after: marker, limit: limit)
        }
        return Page(found.map(details)) { $0.flavor.name }
    }

    package func showFlavor(_ name: String, of project: ProjectID) async throws(OperationError) -> FlavorDetails {
        details(try await flavor(name, of: project))
    }

    private func flavor(_ name: String, of project: ProjectID) async throws(OperationError) -> Flavor {
        let found = try await operation { () async throws(StorageError) in
            try await catalog.store.flavor(name, of: project)
        }
        guard let found else { throw .notFound("Flavor '\(name)' does not exist.") }
        return found
    }

    /// The capabilities are what it requires, or, if it requires none, what all its pools have.
    private func details(_ flavor: Flavor) -> FlavorDetails {
        let serving = catalog.pools.pools.filter { slot in
            flavor.admits(slot.pool) && slot.capabilities.missing(from: flavor.required).isEmpty
        }
        var capabilities = flavor.required
        if capabilities.isEmpty, !serving.isEmpty {
            let common = Capability.allCases.filter { each in serving.allSatisfy { $0.capabilities.contains(each) } }
            capabilities = CapabilitySet(common)
        }
        return FlavorDetails(flavor: flavor, pools: serving.map(\.pool.name), capabilities: capabilities)
    }

    // MARK: Changing

    /// Creates or replaces the flavor and writes its name on the pools it lists; pools it no longer lists keep it.
    package func putFlavor(
        _ name: String, _ change: FlavorChange, of project: ProjectID
    ) async throws(OperationError) {
        guard change.pools != nil || change.required != nil else {
            throw .invalidBody("pool_list: is required, unless capabilities are given.")
        }
        let flavor = Flavor(
            project: project, name: name, required: change.required ?? [], listsPools: change.pools != nil)
        try await check(flavor, pools: change.pools) { .flavorRefused($0) }
        try await store(flavor, pools: change.pools ?? [], detachingOthers: false) { .flavorRefused($0) }
    }

    /// Replaces the flavor's pools: those left out are detached.
    package func patchFlavor(
        _ name: String, _ change: FlavorChange, of project: ProjectID
    ) async throws(OperationError) -> FlavorDetails {
        var flavor = try await flavor(name, of: project)
        if change.pools != nil { flavor.listsPools = true }
        if let required = change.required { flavor.required = required }
        if change.pools?.isEmpty == true { throw .flavorRefused("pool_list: must name at least one pool.") }
        try await check(flavor, pools: change.pools) { .flavorUpdateRefused($0) }
        try await store(flavor, pools: change.pools ?? [], detachingOthers: change.pools != nil) {
            .flavorUpdateRefused($0)
        }
        return details(flavor)
    }

    /// Removes the flavor and takes its name off its pools. Queues that were created with it stay where they are.
    package func deleteFlavor(_ name: String, of project: ProjectID) async throws(OperationError) {
        try await operation { () async throws(StorageError) in
            let present = try await catalog.store.flavor(name, of: project)
            let entry = note("flavor.remove", name, by: project, before: present?.described(pools: nil), after: nil)
            try await catalog.store.removeFlavor(name, of: project, noting: entry)
            try await catalog.pools.refresh()
        }
    }

    private func check(
        _ flavor: Flavor, pools: [String]?, refused: (String) -> OperationError
    ) async throws(OperationError) {
        guard let pools else { return }
        guard !pools.isEmpty else { throw refused("pool_list: must name at least one pool.") }
        for name in pools {
            guard let slot = try await findPool(name) else {
                throw refused("pool_list: pool '\(name)' does not exist.")
            }
            let missing = slot.capabilities.missing(from: flavor.required)
            guard missing.isEmpty else {
                throw refused("pool_list: pool '\(name)' lacks \(missing.names).")
            }
        }
    }

    private func store(
        _ flavor: Flavor, pools: [String], detachingOthers: Bool, refused: (String) -> OperationError
    ) async throws(OperationError) {
        let outcome = try await operation { () async throws(StorageError) in
            let present = try await catalog.store.flavor(flavor.name, of: flavor.project)
            let entry = note(
                "flavor.put", flavor.name, by: flavor.project, before: present?.described(pools: nil),
                after: flavor.described(pools: flavor.listsPools ? pools : nil))
            let outcome = try await catalog.store.put(
                flavor, pools: pools, detachingOthers: detachingOthers, noting: entry)
            try await catalog.pools.refresh()
            return outcome
        }
        if case .unknownPool(let name) = outcome { throw refused("pool_list: pool '\(name)' does not exist.") }
    }
}
