internal import Logging
internal import Synchronization
internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Looks for migrations that nobody works on, and works on them: as many at a time as the settings allow, all nodes
/// together. Every node has one; which of them gets a migration is decided by the catalog. What ended migrations have
/// left is swept away beside that, and those that rest are reviewed.
package final class MigrationWorker: Sendable {
    private let node: MigrationNode
    private let state = Mutex(State())

    private struct State {
        /// All that are not over. Most of them wait: they are read often and change seldom.
        var known: [Int64: KnownMigration] = [:]
        /// Migrations that this node works on.
        var running: Set<Int64> = []
        /// A move has ended since it was looked for others.
        var hasRoom = false
        /// The version of each migration of other nodes, and since when it is that.
        var seen: [Int64: (version: Int64, since: Timestamp)] = [:]
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
            group.addTask { await MigrationReviewer(self.node) { self.known }.run() }
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
        return choose(among: decode(records))
    }

    private var known: [KnownMigration] { state.withLock { Array($0.known.values) } }

    private func decode(_ records: [MigrationRecord]) -> [KnownMigration] {
        state.withLock { state in
            let known = records.map { record in
                if let same = state.known[record.number], same.record.version == record.version { return same }
                return KnownMigration(record: record, migration: Migration(record))
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

    private func choose(among known: [KnownMigration]) -> [MigrationRecord] {
        let now = node.clock.now()
        return state.withLock { state in
            state.seen = state.seen.filter { state.known[$0.key] != nil }
            var slots = Slots(node.settings)
            var idle: [KnownMigration] = []
            for one in known {
                if state.running.contains(one.record.number) || isAtWork(one, &state, now) {
                    slots.take(one.migration)
                } else if one.migration.owner != nil || node.hasWork(one.migration, at: now) {
                    idle.append(one)
                }
            }
            let chosen = idle.filter { slots.admit($0.migration) }.map(\.record)
            state.running.formUnion(chosen.map(\.number))
            return chosen
        }
    }

    /// Whether another node works on it: its record changes now and then.
    private func isAtWork(_ known: KnownMigration, _ state: inout State, _ now: Timestamp) -> Bool {
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
}

/// How many moves may be under way: in all, and out of and into each pool.
private struct Slots {
    private let settings: MigrationSettings
    private var all = 0
    private var leaving: [String: Int] = [:]
    private var coming: [String: Int] = [:]
    private var waiting = 0

    init(_ settings: MigrationSettings) {
        self.settings = settings
    }

    /// Counts one that is under way. What has been switched or is to be undone takes no room: it may have to wait for a pool
    /// that is away. Nor do those that wait for an order, unless they are very many: nobody knows when it will come.
    mutating func take(_ migration: Migration) {
        guard migration.isBeforeSwitch else { return }
        if takesWaitingRoom(migration) { return waiting += 1 }
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
        guard isFree || !migration.isBeforeSwitch || migration.isReturning || takesWaitingRoom(migration) else { return false }
        take(migration)
        return true
    }

    private func takesWaitingRoom(_ migration: Migration) -> Bool {
        migration.waitsForOrder && waiting < MoveLimits.waitingForOrders
    }
}
