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

extension Operations {
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
}
