internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

extension Operations {
    /// From now on the pool takes no new queues, which the catalog remembers. It need not be reached for that, nor have
    /// what its flavor requires.
    func closePool(_ name: String, by actor: ProjectID) async throws(OperationError) {
        try await changePool(name, of: actor) { before throws(OperationError) in
            guard var pool = before else { throw Self.noPoolToDrain(name) }
            guard pool.state != .draining else { return nil }
            pool.state = .draining
            return pool
        }
    }

    /// Of all queues of the pool to others, the smallest first. A queue goes where placement would put a new one.
    func planDrain(of name: String) async throws(OperationError) -> MigrationPlan {
        let slot = try await poolToDrain(name)
        let queues = try await queues(in: [name])
        let moves = try await presentMoves()
        var placement = try await placement(among: catalog.pools.pools.filter { $0.name != name })
        var plan = MigrationPlan()
        for queue in try await bySize(queues, in: slot) {
            if let present = moves[queue.ref.life] {
                plan.refuse(queue, present.reason)
                continue
            }
            let flavor = try await placement.flavor(of: queue, self.flavor(of:))
            if let pool = placement.choose(for: queue, of: flavor) {
                plan.moves.append(PlannedMove(queue: queue, to: pool))
                placement.move(queue, to: pool)
            } else {
                plan.refuse(queue, Self.reason(noPoolServes: flavor))
            }
        }
        try await nameArrivals(in: name, &plan)
        return plan
    }

    /// Queues on their way into the pool can leave it only when they are there.
    private func nameArrivals(in name: String, _ plan: inout MigrationPlan) async throws(OperationError) {
        var arriving: [Migration] = []
        try await everyMigration(MigrationFilter(hasEnded: false, pool: name)) { record in
            let migration = Migration(record)
            if migration.isBeforeSwitch, migration.target == name { arriving.append(migration) }
        }
        for migration in arriving {
            let record = try await operation(try await catalog.store.queue(migration.key))
            guard let record, record.life == migration.life else { continue }
            plan.refuse(
                PlacedQueue(record), to: name,
                "Migration '\(migration.number)' brings the queue here: cancel it, or drain again when it is over.")
        }
    }

    private func poolToDrain(_ name: String) async throws(OperationError) -> PoolSlot {
        guard let slot = try await findPool(name) else { throw Self.noPoolToDrain(name) }
        return slot
    }

    private static func noPoolToDrain(_ name: String) -> OperationError {
        .invalidBody("from: there is no pool '\(name)'.")
    }

    static func reason(noPoolServes flavor: Flavor?) -> String {
        guard let flavor else { return "No other pool without a flavor takes queues." }
        let needs = flavor.required.isEmpty ? "" : ", which requires \(flavor.required.names),"
        return "No other pool of flavor '\(flavor.name)'\(needs) takes queues."
    }

    /// Ordered by how much they hold; one whose pool does not say comes last.
    private func bySize(_ queues: [PlacedQueue], in slot: PoolSlot) async throws(OperationError) -> [PlacedQueue] {
        let now = clock.now()
        let sizes = try await inRounds(queues) { queue async throws(StorageError) in
            do throws(StorageError) {
                return try await slot.chore { pool throws(StorageError) in try await pool.stats(of: queue.ref, now: now) }
                    .total
            } catch {
                return error == .queueNotOpen ? 0 : Int.max
            }
        }
        return zip(queues, sizes).sorted { $0.1 < $1.1 }.map(\.0)
    }
}

extension MigrationPlan {
    mutating func refuse(_ queue: PlacedQueue, to pool: String? = nil, _ reason: String) {
        refusals.append(RefusedMove(queue: queue, to: pool, reason: reason))
    }
}
