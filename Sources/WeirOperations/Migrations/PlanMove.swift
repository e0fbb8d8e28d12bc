internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// What stands against the move of a queue to a pool.
struct MoveObstacle {
    let reason: String
    /// Whether it may pass, in contrast to what cannot be.
    var isPassing = false

    var error: OperationError { isPassing ? .conflict(reason) : .invalidBody(reason) }
}

extension Operations {
    /// Of one queue to a named pool. What stands against it is an error, unless it is a dry run.
    func planMove(of key: QueueKey, to name: String, isDryRun: Bool) async throws(OperationError) -> MigrationPlan {
        let queue = PlacedQueue(try await showRoute(key).queue)
        guard let slot = try await findPool(name) else { throw .invalidBody("to: there is no pool '\(name)'.") }
        guard let obstacle = try await obstacle(for: queue, to: slot) else {
            return MigrationPlan(moves: [PlannedMove(queue: queue, to: name)])
        }
        guard isDryRun else { throw obstacle.error }
        return MigrationPlan(refusals: [RefusedMove(queue: queue, to: name, reason: obstacle.reason)])
    }

    private func obstacle(for queue: PlacedQueue, to slot: PoolSlot) async throws(OperationError) -> MoveObstacle? {
        if queue.pool == slot.name { return MoveObstacle(reason: "to: the queue is in pool '\(slot.name)' already.") }
        if slot.pool.state == .draining {
            return MoveObstacle(reason: "to: pool '\(slot.name)' is being drained.", isPassing: true)
        }
        if slot.pool.state == .opening {
            return MoveObstacle(reason: "to: pool '\(slot.name)' is being opened; try again in a moment.", isPassing: true)
        }
        if slot.outage != nil {
            return MoveObstacle(reason: "to: pool '\(slot.name)' cannot be reached at present.", isPassing: true)
        }
        let flavor = try await flavor(of: queue)
        if let flavor, let reason = Self.lack(of: slot, for: flavor) { return MoveObstacle(reason: "to: \(reason)") }
        let present = try await operation(try await catalog.store.migration(of: queue.ref.life))
        return present.map { MoveObstacle(reason: PresentMove($0).reason, isPassing: true) }
    }

    /// Why queues of the flavor cannot be in the pool; nil if they can.
    static func lack(of slot: PoolSlot, for flavor: Flavor) -> String? {
        let missing = slot.capabilities.missing(from: flavor.required)
        if !missing.isEmpty {
            return "pool '\(slot.name)' lacks \(missing.names), which the queue's flavor '\(flavor.name)' requires."
        }
        guard flavor.admits(slot.pool) else {
            return "pool '\(slot.name)' is not one of the pools of the queue's flavor '\(flavor.name)'."
        }
        return nil
    }

    /// The flavor that the queue names, if there is one of that name still.
    func flavor(of queue: PlacedQueue) async throws(OperationError) -> Flavor? {
        guard let name = queue.flavor else { return nil }
        return try await operation(try await catalog.store.flavor(name, of: queue.key.project))
    }
}

extension PlacedQueue {
    init(_ record: QueueRecord) {
        self.init(key: record.key, ref: record.ref, pool: record.pool, flavor: record.flavor)
    }
}
