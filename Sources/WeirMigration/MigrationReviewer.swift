internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// A migration as the catalog had it.
struct KnownMigration: Sendable {
    let record: MigrationRecord
    let migration: Migration
}

/// Looks after migrations that nobody works on, beside those who work. One whose queue was deleted meanwhile has nothing
/// to wait for. While a source is kept, the target marks every change: when that has become too much, the way back is
/// closed.
struct MigrationReviewer: Sendable {
    private let node: MigrationNode
    /// All that are not over, as they were read last.
    private let known: @Sendable () -> [KnownMigration]

    init(_ node: MigrationNode, known: @escaping @Sendable () -> [KnownMigration]) {
        self.node = node
        self.known = known
    }

    /// Reviews again and again, until the task is cancelled.
    func run() async {
        var asked: Int64 = 0
        while !Task.isCancelled {
            await node.clock.sleep(milliseconds: MoveLimits.reviewMilliseconds)
            let idle = await endDeserted(known().filter { isIdle($0.migration) })
            asked = await review(idle.sorted { $0.record.number < $1.record.number }, after: asked)
        }
    }

    private func isIdle(_ migration: Migration) -> Bool {
        migration.owner == nil && !node.hasWork(migration, at: node.clock.now())
    }

    /// Ends those whose queue was deleted, and returns the others; none if the catalog does not say.
    private func endDeserted(_ idle: [KnownMigration]) async -> [KnownMigration] {
        guard let living = await living(among: idle.map(\.migration.life)) else { return [] }
        var others: [KnownMigration] = []
        for one in idle where !Task.isCancelled {
            if living.contains(one.migration.life) {
                others.append(one)
            } else {
                await change(one) { $0.stopWaiting("the queue was deleted", by: node.id, at: node.clock.now()) }
            }
        }
        return others
    }

    private func living(among lives: [QueueLife]) async -> Set<QueueLife>? {
        var living: Set<QueueLife> = []
        for start in stride(from: 0, to: lives.count, by: MoveLimits.reviewedAtATime) {
            let some = Array(lives[start..<min(start + MoveLimits.reviewedAtATime, lives.count)])
            guard !Task.isCancelled, let found = try? await node.store.existing(some) else { return nil }
            living.formUnion(found)
        }
        return living
    }

    // MARK: What the pools hold

    /// Asks pools about some of them, in turn: those that follow the one that was asked about last. Any number may be
    /// kept, and each takes a call.
    /// - Returns: The number of the last one that was asked about.
    private func review(_ idle: [KnownMigration], after last: Int64) async -> Int64 {
        let asking = idle.filter { $0.migration.step == .switched }
        let next = asking.firstIndex { $0.record.number > last } ?? 0
        var silent: Set<String> = []
        var asked = last
        for one in (asking[next...] + asking[..<next]).prefix(MoveLimits.reviewedAtATime) where !Task.isCancelled {
            asked = one.record.number
            let pool = one.migration.to
            // One that hangs is not waited for again in this round.
            guard !silent.contains(pool), let slot = node.catalog.pools.pool(named: pool), slot.outage == nil else { continue }
            guard let changes = await changesSinceSwitch(one.migration, in: slot) else {
                silent.insert(pool)
                continue
            }
            if changes > MoveLimits.keptChanges { await closeWayBack(one) }
        }
        return asked
    }

    /// Nil if the pool does not say.
    private func changesSinceSwitch(_ migration: Migration, in slot: PoolSlot) async -> Int? {
        do throws(StorageError) {
            return try await slot.chore { pool throws(StorageError) in
                try await pool.changes(
                    of: migration.targetRef, for: migration.number, limit: 1, bytes: 1, now: node.clock.now())
            }.left
        } catch .staleRoute, .queueNotOpen {
            // An order was quicker, or the queue was deleted.
            return 0
        } catch {
            return nil
        }
    }

    private func closeWayBack(_ one: KnownMigration) async {
        let reason = "more than \(MoveLimits.keptChanges) changes since the switch: the way back is closed"
        await change(one) { $0.beginCleaning(reason, at: node.clock.now()) }
    }

    /// If another was quicker, or the catalog is away, the next review looks again.
    private func change(_ known: KnownMigration, _ change: (inout Migration) -> Void) async {
        var migration = known.migration
        change(&migration)
        guard migration != known.migration else { return }
        _ = try? await node.store.replace(migration.record(version: known.record.version), switching: nil)
    }
}
