internal import WeirCatalog
package import WeirDomain
package import WeirJSON
internal import WeirStorage

/// What an operator says about a pool; nil leaves it as it is.
package struct PoolChange: Sendable {
    package var uri: String?
    package var weight: Int?
    package var flavor: String?
    package var options: JSONObject?
    package var state: PoolState?

    package init() {}
}

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
    /// Pools in byte order of their names.
    package func listPools(after marker: String, limit: Int?) async throws(OperationError) -> Page<PoolDetails> {
        let limit = try pageSize(limit, maximum: limits.poolsPerPage)
        try await operation(try await catalog.pools.followNews())
        let counts = try await queueCounts()
        let slots = catalog.pools.pools.filter { marker.utf8.lexicographicallyPrecedes($0.pool.name.utf8) }
        return Page(slots.prefix(limit).map { details($0, counts) }) { $0.pool.name }
    }

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

    private static func noPool(_ name: String) -> OperationError { .notFound("Pool '\(name)' does not exist.") }

    /// The pool of this name, also if another node has registered it a moment ago.
    func findPool(_ name: String) async throws(OperationError) -> PoolSlot? {
        guard name != Pool.virtualName else { return nil }
        return try await operation(try await catalog.pools.find(name))
    }

    private func details(_ slot: PoolSlot, _ counts: [String: Int]) -> PoolDetails {
        PoolDetails(
            pool: slot.pool, driver: slot.driverName, probe: slot.probe,
            shortfall: slot.shortfall, outage: slot.outage, queues: counts[slot.pool.name] ?? 0)
    }

    /// How many queues each pool holds, by its name.
    func queueCounts() async throws(OperationError) -> [String: Int] {
        let records = try await operation(try await catalog.store.pools())
        return Dictionary(records.map { ($0.pool.name, $0.queues) }) { first, _ in first }
    }

    // MARK: Changing

    /// Registers the pool or replaces the one of that name. Its store is asked first; nothing changes if it cannot be
    /// reached, or lacks what its flavor requires.
    package func putPool(_ name: String, _ change: PoolChange, of project: ProjectID) async throws(OperationError) {
        guard let uri = change.uri else { throw .invalidBody("uri: is required.") }
        guard let weight = change.weight else { throw .invalidBody("weight: is required.") }
        try await changePool(name, of: project) { old in
            Pool(
                name: name, uri: PoolURI.restored(uri, from: old?.uri ?? ""), weight: weight, flavor: change.flavor,
                options: JSONValue.object(change.options ?? JSONObject()).bytes,
                state: change.state ?? old?.state ?? .open)
        }
    }

    /// Changes what is named and leaves the rest.
    package func patchPool(
        _ name: String, _ change: PoolChange, of project: ProjectID
    ) async throws(OperationError) -> PoolDetails {
        try await changePool(name, of: project) { old throws(OperationError) in
            guard var pool = old else { throw Self.noPool(name) }
            if let uri = change.uri { pool.uri = PoolURI.restored(uri, from: pool.uri) }
            if let weight = change.weight { pool.weight = weight }
            if let flavor = change.flavor { pool.flavor = flavor }
            if let options = change.options { pool.options = JSONValue.object(options).bytes }
            if let state = change.state { pool.state = state }
            return pool
        }
        return try await showPool(name)
    }

    /// Stores what `change` makes of the pool as the catalog has it now, whatever other nodes have made of it; nil leaves
    /// it. It is worked out anew each time that another node was faster.
    func changePool(
        _ name: String, of project: ProjectID, _ change: (Pool?) throws(OperationError) -> Pool?
    ) async throws(OperationError) {
        try await catalog.pools.inTurn { () async throws(OperationError) in
            for attempt in 0..<Limits.changeAttempts {
                await clock.giveWay(before: attempt)
                let present = try await findPresentPool(name)?.record
                guard let pool = try change(present?.pool) else { return }
                if try await register(pool, over: present, of: project) { return }
            }
            throw .unavailable(.busy)
        }
    }

    private func findPresentPool(_ name: String) async throws(OperationError) -> PoolSlot? {
        guard name != Pool.virtualName else { return nil }
        try await operation(try await catalog.pools.followNews())
        return catalog.pools.pool(named: name)
    }

    /// False if it is not as it was seen any more.
    private func register(
        _ pool: Pool, over seen: PoolRecord?, of project: ProjectID
    ) async throws(OperationError) -> Bool {
        var required: CapabilitySet = []
        if let name = pool.flavorName {
            let flavor = try await operation(try await catalog.store.flavor(name, of: project))
            required = flavor?.required ?? []
        }
        let entry = note(
            "pool.put", pool.name, by: project, before: seen?.pool.described, after: pool.described)
        do throws(PoolRegistrationError) {
            try await catalog.pools.put(pool, over: seen, requiring: required, noting: entry)
            return true
        } catch .changed {
            return false
        } catch {
            throw Self.refusal(error, pool)
        }
    }

    private static func refusal(_ error: PoolRegistrationError, _ pool: Pool) -> OperationError {
        switch error {
        case .unreachable(let reason): .invalidBody(reason)
        case .lacks(let missing):
            .poolRefused(
                "pool '\(pool.name)' lacks \(missing.names), which flavor '\(pool.flavorName ?? "")' requires.")
        case .uriInUse(let owner): .conflict("uri: pool '\(owner)' uses it already.")
        case .holdsQueues(let count):
            .conflict("uri: only its user and password can change while the pool holds queues; it holds \(count).")
        case .movesQueues(let count):
            .conflict(
                "uri: only its user and password can change while queues are moved from or to the pool; \(count) are."
            )
        case .changed: .unavailable(.busy)
        case .storage(let error): .unavailable(error)
        }
    }

    /// Removes the pool. Removing one that does not exist changes nothing. Callers that know nothing of flavors may
    /// remove the last one of a flavor, which is taken off it first.
    package func deletePool(
        _ name: String, of project: ProjectID, evenLastOfFlavor: Bool = false
    ) async throws(OperationError) {
        switch try await removePool(name, of: project) {
        case .removed: return
        case .holdsQueues(let count):
            throw .deletionForbidden("pool '\(name)' holds \(count) queue\(count == 1 ? "" : "s").")
        case .movesQueues(let count):
            throw .deletionForbidden(
                "pool '\(name)' takes part in \(count) migration\(count == 1 ? "" : "s") not over yet.")
        case .lastOfFlavor where evenLastOfFlavor:
            var change = PoolChange()
            change.flavor = ""
            _ = try await patchPool(name, change, of: project)
            try await deletePool(name, of: project)
        case .lastOfFlavor(let flavor):
            throw .deletionForbidden("pool '\(name)' is the last one of flavor '\(flavor)'.")
        }
    }
    private func removePool(_ name: String, of project: ProjectID) async throws(OperationError) -> PoolRemoval {
        try await catalog.pools.inTurn { () async throws(OperationError) in
            guard let slot = try await findPresentPool(name) else { return .removed }
            let isToRetire = try await operation(try await catalog.isToRetire(in: name))
            guard !isToRetire else {
                throw .deletionForbidden(
                    "pool '\(name)' has not been told yet of queues that were deleted; it has to be reached for that.")
            }
            let entry = note("pool.remove", name, by: project, before: slot.pool.described, after: nil)
            return try await operation(try await catalog.pools.remove(name, noting: entry))
        }
    }
}
