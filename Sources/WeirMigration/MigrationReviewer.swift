internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// A migration as the catalog had it.
struct KnownMigration: Sendable {
    let record: MigrationRecord
    let migration: Migration
}

/// Looks after migrations that nobody works on, beside those who work. One whose queue was deleted meanwhile has nothing
/// to wait for. And while one waits, or a source is kept, a pool marks every change: when that has become too much, it is
/// better to copy anew, or the way back is closed.
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
            await node.clock.sleep(milliseconds: node.settings.reviewMilliseconds)
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
        let asking = idle.filter { $0.migration.step == .switched || $0.migration.canWait }
        let next = asking.firstIndex { $0.record.number > last } ?? 0
        var silent: Set<String> = []
        var asked = last
        for one in (asking[next...] + asking[..<next]).prefix(MoveLimits.reviewedAtATime) where !Task.isCancelled {
            asked = one.record.number
            let pool = one.migration.capturingPool
            // One that hangs is not waited for again in this round.
            guard !silent.contains(pool), let slot = node.catalog.pools.pool(named: pool), slot.outage == nil else { continue }
            guard let marks = await marks(of: one.migration, in: slot) else {
                silent.insert(pool)
                continue
            }
            guard marks.count > most(one.migration) else { continue }
            if one.migration.isBeforeSwitch { await dropMarks(marks, of: one, in: slot) } else { await closeWayBack(one) }
        }
        return asked
    }

    /// Changes that are marked: how many, and the number of the first mark.
    private struct Marks {
        var count = 0
        var first: Int64 = 0
        /// There are marks up to this one at least, since none is given twice.
        var last: Int64 { first + Int64(count) - 1 }
    }

    /// Nil if the pool does not say.
    private func marks(of migration: Migration, in slot: PoolSlot) async -> Marks? {
        do throws(StorageError) {
            let changes = try await slot.chore { pool throws(StorageError) in
                try await pool.changes(
                    of: migration.capturingRef, for: migration.number, limit: 1, bytes: 1, now: node.clock.now())
            }
            return Marks(count: changes.part.count + changes.left, first: changes.mark)
        } catch .staleRoute, .queueNotOpen {
            // An order was quicker, nothing is captured yet, or the queue was deleted.
            return Marks()
        } catch {
            return nil
        }
    }

    /// Marks that a migration may have while nobody works on it. To carry over more than was copied is no less work than
    /// to copy again.
    private func most(_ migration: Migration) -> Int {
        migration.isBeforeSwitch ? max(node.settings.keptChanges, migration.progress.copied) : node.settings.keptChanges
    }

    /// Removes marks, and with them all worth of what was copied: whoever goes on copies anew. First the catalog hears of
    /// that, if nobody has begun since; then those marks go that were there before. So a mark that goes, however late,
    /// is of a change that the next copy finds made.
    private func dropMarks(_ marks: Marks, of one: KnownMigration, in slot: PoolSlot) async {
        let reason = "copying anew: more than \(most(one.migration)) changes while it waited"
        let now = node.clock.now()
        let isAccepted = await change(one) { migration in
            if migration.hasCopied { migration.restartCopy(reason, at: now) } else { migration.updated = now }
        }
        guard isAccepted else { return }
        var cleared = marks.first - 1
        while cleared < marks.last, !Task.isCancelled {
            let through = min(cleared + Int64(MoveLimits.clearedPerStep), marks.last)
            do throws(StorageError) {
                try await slot.chore { pool throws(StorageError) in
                    try await pool.clearChanges(of: one.migration.sourceRef, for: one.migration.number, through: through)
                }
            } catch {
                // The next review goes on.
                return
            }
            cleared = through
        }
    }

    private func closeWayBack(_ one: KnownMigration) async {
        let reason = "more than \(node.settings.keptChanges) changes since the switch: the way back is closed"
        await change(one) { $0.beginCleaning(reason, at: node.clock.now()) }
    }

    /// Whether the catalog has accepted it. If another was quicker, or the catalog is away, the next review looks again.
    @discardableResult
    private func change(_ known: KnownMigration, _ change: (inout Migration) -> Void) async -> Bool {
        var migration = known.migration
        change(&migration)
        guard migration != known.migration else { return false }
        return (try? await node.store.replace(migration.record(version: known.record.version), switching: nil)) == true
    }
}
