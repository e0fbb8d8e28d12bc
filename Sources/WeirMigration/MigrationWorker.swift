internal import Logging
internal import Synchronization
internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Looks for migrations that nobody works on, and works on them: as many at a time as the settings allow, all nodes
/// together. Every node has one; which of them gets a migration is decided by the catalog. What ended migrations have
/// left is swept away beside that.
package final class MigrationWorker: Sendable {
    private let node: MigrationNode
    private let state = Mutex(State())

    /// A migration as the catalog had it.
    private struct Known {
        let record: MigrationRecord
        let migration: Migration
    }

    private struct State {
        /// All that are not over. Most of them wait: they are read often and change seldom.
        var known: [Int64: Known] = [:]
        /// Migrations that this node works on.
        var running: Set<Int64> = []
        /// A move has ended since it was looked for others.
        var hasRoom = false
        /// The version of each migration of other nodes, and since when it is that.
        var seen: [Int64: (version: Int64, since: Timestamp)] = [:]
        /// When those that nobody works on were reviewed last.
        var review = Timestamp(milliseconds: 0)
        var isCatalogAway = false
    }

    package init(_ node: MigrationNode) {
        self.node = node
    }

    /// Works until the task is cancelled. Movements that are under way then stop where they are, and another node, or
    /// this one after its restart, goes on with them.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await MigrationSweeper(self.node).run() }
            while !Task.isCancelled {
                for record in await due() {
                    group.addTask { await self.move(record) }
                }
                await waitForWork()
            }
            group.cancelAll()
        }
    }

    /// Until it is time to look again, or a move has ended and another may begin.
    private func waitForWork() async {
        for _ in 0..<MoveLimits.pollMilliseconds / MoveLimits.nextMoveMilliseconds {
            await node.clock.sleep(milliseconds: MoveLimits.nextMoveMilliseconds)
            let hasRoom = state.withLock { state in
                defer { state.hasRoom = false }
                return state.hasRoom
            }
            if hasRoom || Task.isCancelled { return }
        }
    }

    private func move(_ record: MigrationRecord) async {
        await Mover(record, on: node).run()
        node.throttle.forget(record.number)
        state.withLock { state in
            state.running.remove(record.number)
            state.hasRoom = true
        }
    }

    // MARK: What there is to do

    /// Migrations to work on from now on. All that are not over are looked at, page by page, since any number may rest.
    private func due() async -> [MigrationRecord] {
        var records: [MigrationRecord] = []
        do throws(StorageError) {
            while true {
                let page = try await node.store.migrations(
                    MigrationFilter(hasEnded: false), after: records.last?.number ?? 0, limit: MoveLimits.considered)
                records += page
                if page.count < MoveLimits.considered { break }
            }
        } catch {
            report(error)
            return []
        }
        state.withLock { $0.isCatalogAway = false }
        let known = decode(records)
        await reviewIdle(known)
        return choose(among: known)
    }

    private func decode(_ records: [MigrationRecord]) -> [Known] {
        state.withLock { state in
            let known = records.map { record in
                if let same = state.known[record.number], same.record.version == record.version { return same }
                return Known(record: record, migration: Migration(record))
            }
            state.known = Dictionary(uniqueKeysWithValues: known.map { ($0.record.number, $0) })
            return known
        }
    }

    private func report(_ error: StorageError) {
        let isNews = state.withLock { state in
            defer { state.isCatalogAway = true }
            return !state.isCatalogAway
        }
        if isNews { node.logger.warning("migrations not read", metadata: ["reason": "\(error)"]) }
    }

    private func choose(among known: [Known]) -> [MigrationRecord] {
        let now = node.clock.now()
        return state.withLock { state in
            state.seen = state.seen.filter { state.known[$0.key] != nil }
            var slots = Slots(node.settings)
            var idle: [Known] = []
            for one in known {
                if state.running.contains(one.record.number) || isAtWork(one, &state, now) {
                    slots.take(one.migration)
                } else if one.migration.owner != nil || hasWork(one.migration, now) {
                    idle.append(one)
                }
            }
            let chosen = idle.filter { slots.admit($0.migration) }.map(\.record)
            state.running.formUnion(chosen.map(\.number))
            return chosen
        }
    }

    /// Whether there is something to do for one that nobody has. One that has said that its pool is away waits for it, and
    /// takes no room.
    private func hasWork(_ migration: Migration, _ now: Timestamp) -> Bool {
        if migration.rests(at: now) { return false }
        return !migration.canWait || migration.error == nil || node.outage(for: migration) == nil
    }

    /// Whether another node works on it: its record changes now and then.
    private func isAtWork(_ known: Known, _ state: inout State, _ now: Timestamp) -> Bool {
        let record = known.record
        guard known.migration.owner != nil else {
            state.seen[record.number] = nil
            return false
        }
        if let seen = state.seen[record.number], seen.version == record.version {
            return now.milliseconds - seen.since.milliseconds < MoveLimits.silenceMilliseconds
        }
        state.seen[record.number] = (record.version, now)
        return true
    }

    // MARK: Those that nobody works on

    /// One whose queue was deleted meanwhile has nothing to wait for. While a source is kept, the target marks every
    /// change: when that has become too much, the way back is closed.
    private func reviewIdle(_ known: [Known]) async {
        let now = node.clock.now()
        let isDue = state.withLock { state in
            guard now.milliseconds - state.review.milliseconds >= MoveLimits.reviewMilliseconds else { return false }
            state.review = now
            return true
        }
        guard isDue else { return }
        let idle = known.filter { $0.migration.owner == nil && !hasWork($0.migration, now) }
        // If the catalog does not say, the next review asks again.
        guard let living = await living(among: idle.map(\.migration.life)) else { return }
        for one in idle {
            if !living.contains(one.migration.life) {
                await change(one) { $0.stopWaiting("the queue was deleted", by: node.id, at: now) }
            } else if await hasTooManyChanges(one.migration, now) {
                let reason = "more than \(MoveLimits.keptChanges) changes since the switch: the way back is closed"
                await change(one) { $0.beginCleaning(reason, at: now) }
            }
        }
    }

    private func living(among lives: [QueueLife]) async -> Set<QueueLife>? {
        var living: Set<QueueLife> = []
        for start in stride(from: 0, to: lives.count, by: MoveLimits.reviewedAtATime) {
            let some = Array(lives[start..<min(start + MoveLimits.reviewedAtATime, lives.count)])
            guard let found = try? await node.store.existing(some) else { return nil }
            living.formUnion(found)
        }
        return living
    }

    private func hasTooManyChanges(_ migration: Migration, _ now: Timestamp) async -> Bool {
        guard migration.step == .switched, migration.rests(at: now) else { return false }
        return await changesSinceSwitch(migration) > MoveLimits.keptChanges
    }

    /// A pool that cannot be asked now is asked the next time.
    private func changesSinceSwitch(_ migration: Migration) async -> Int {
        guard let slot = node.catalog.pools.pool(named: migration.to) else { return 0 }
        let changes = try? await slot.chore { pool throws(StorageError) in
            try await pool.changes(
                of: migration.targetRef, for: migration.number, limit: 1, bytes: 1, now: node.clock.now())
        }
        return changes?.left ?? 0
    }

    /// If another was quicker, or the catalog is away, the next review looks again.
    private func change(_ known: Known, _ change: (inout Migration) -> Void) async {
        var migration = known.migration
        change(&migration)
        guard migration != known.migration else { return }
        _ = try? await node.store.replace(migration.record(version: known.record.version), switching: nil)
    }
}

/// How many moves may be under way: in all, and out of and into each pool.
private struct Slots {
    private let settings: MigrationSettings
    private var all = 0
    private var leaving: [String: Int] = [:]
    private var coming: [String: Int] = [:]

    init(_ settings: MigrationSettings) {
        self.settings = settings
    }

    /// Counts one that is under way. What has been switched or is to be undone takes no room: it may have to wait for a pool
    /// that is away.
    mutating func take(_ migration: Migration) {
        guard migration.isBeforeSwitch else { return }
        all += 1
        leaving[migration.source, default: 0] += 1
        coming[migration.target, default: 0] += 1
    }

    /// Counts one more, if it may be begun. What has been switched or is to be undone is only cleared away, and a way
    /// back is not kept waiting.
    mutating func admit(_ migration: Migration) -> Bool {
        let isFree =
            all < settings.concurrency
            && leaving[migration.source, default: 0] < settings.concurrencyPerPool
            && coming[migration.target, default: 0] < settings.concurrencyPerPool
        guard isFree || !migration.isBeforeSwitch || migration.isReturning else { return false }
        take(migration)
        return true
    }
}
