internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

extension Operations {
    /// Of as few queues as bring the pools of the flavor, or those without one, to their shares: a pool's share of the
    /// queues is that of its weight. Queues that move, or have moved a short while ago, are left alone.
    func planRebalance(of flavor: String?) async throws(OperationError) -> MigrationPlan {
        let slots = try rebalanced(flavor)
        var placement = try await placement(among: slots)
        var surplus = Shares.surplus(of: slots.map(\.pool), holding: placement.held)
        let resting = try await restingLives()
        let leaving = Set(surplus.filter { $0.value > 0 }.keys)
        let queues = leaving.isEmpty ? [] : try await queues(in: leaving).filter { !resting.contains($0.ref.life) }
        var plan = MigrationPlan()
        var chosen: Set<QueueLife> = []
        // First those that a new placement would put elsewhere: then the next plan moves none of them back.
        for takesAny in [false, true] {
            for queue in queues where surplus[queue.pool, default: 0] > 0 && !chosen.contains(queue.ref.life) {
                let needed = try await placement.flavor(of: queue, self.flavor(of:))
                let target =
                    takesAny
                    ? placement.choose(for: queue, of: needed) { surplus[$0.name, default: 0] < 0 }
                    : placement.preferred(by: queue, of: needed)
                guard let target, surplus[target, default: 0] < 0 else { continue }
                chosen.insert(queue.ref.life)
                plan.moves.append(PlannedMove(queue: queue, to: target))
                placement.move(queue, to: target)
                surplus[queue.pool, default: 0] -= 1
                surplus[target, default: 0] += 1
            }
        }
        return plan
    }

    /// The pools among which queues are shared out.
    private func rebalanced(_ flavor: String?) throws(OperationError) -> [PoolSlot] {
        let slots = catalog.pools.pools.filter { $0.pool.flavorName == flavor.flatMap { $0.isEmpty ? nil : $0 } }
        guard !slots.isEmpty else {
            throw .invalidBody("rebalance: there is no pool \(flavor.map { "of flavor '\($0)'" } ?? "without a flavor").")
        }
        for slot in slots {
            if slot.pool.state == .draining {
                throw .conflict("rebalance: pool '\(slot.name)' is being drained; rebalance when that is over.")
            }
            if slot.outage != nil { throw .conflict("rebalance: pool '\(slot.name)' cannot be reached at present.") }
        }
        return slots
    }

    /// Queues that a plan for many leaves alone.
    private func restingLives() async throws(OperationError) -> Set<QueueLife> {
        var resting = Set(try await presentMoves().keys)
        let since = clock.now().milliseconds - PlanLimits.restMilliseconds
        try await everyMigration(MigrationFilter(hasEnded: true)) { record in
            let migration = Migration(record)
            let hasMoved = migration.outcome == .done || migration.outcome == .reversed
            if hasMoved, migration.updated.milliseconds > since { resting.insert(record.life) }
        }
        return resting
    }
}

/// What weights say about numbers of queues.
enum Shares {
    /// By how many queues each pool is above its share, by name; below 0, what it lacks. The sum is 0, unless no pool has
    /// a weight.
    static func surplus(of pools: [Pool], holding held: [String: Int]) -> [String: Int] {
        let weight = pools.reduce(0.0) { $0 + Double($1.weight) }
        guard weight > 0 else { return [:] }
        let total = pools.reduce(0) { $0 + held[$1.name, default: 0] }
        let exact = pools.map { Double(total) * Double($0.weight) / weight }
        var wanted = exact.map { Int($0) }
        // What rounding leaves over goes first to those that lose the most by it.
        let order = pools.indices.sorted { exact[$0] - exact[$0].rounded(.down) > exact[$1] - exact[$1].rounded(.down) }
        for index in order.prefix(max(0, total - wanted.reduce(0, +))) { wanted[index] += 1 }
        return Dictionary(
            zip(pools, wanted).map { ($0.name, held[$0.name, default: 0] - $1) }, uniquingKeysWith: { first, _ in first })
    }
}
