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
        /// All that were not over when the catalog was read last. Most of them wait: they are read often and change seldom.
        var known: [Int64: KnownMigration] = [:]
        /// Those that nobody works on.
        var waiting = WaitingMigrations([])
        /// Those that other nodes work on.
        var elsewhere: [Migration] = []
        /// Those that this node works on.
        var running: [Int64: Migration] = [:]
        /// The catalog was read, or a move has ended, since it was looked which may begin.
        var mayBegin = false
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
                let begun = node.clock.now()
                await look()
                let took = Int(node.clock.now().milliseconds - begun.milliseconds)
                for _ in 0..<MoveLimits.rest(afterLookOf: took) / MoveLimits.nextMoveMilliseconds where !Task.isCancelled {
                    for record in admit() { group.addTask { await self.work(beginningWith: record) } }
                    await node.clock.sleep(milliseconds: MoveLimits.nextMoveMilliseconds)
                }
            }
            group.cancelAll()
        }
    }

    /// One after the other, as long as some wait.
    private func work(beginningWith first: MigrationRecord) async {
        var next: MigrationRecord? = first
        while let record = next, !Task.isCancelled {
            await Mover(record, on: node).run()
            node.throttle.forget(record.number)
            state.withLock { state in
                state.running[record.number] = nil
                state.known[record.number] = nil
                state.mayBegin = true
            }
            next = admit(most: 1).first
        }
    }

    // MARK: What there is to do

    /// Reads all that are not over, page by page, since any number may wait. The more there are, the more seldom: what
    /// waits can begin meanwhile.
    private func look() async {
        var records: [MigrationRecord] = []
        do throws(StorageError) {
            while true {
                let page = try await node.store.migrations(
                    MigrationFilter(hasEnded: false), after: records.last?.number ?? 0, limit: MoveLimits.considered)
                records += page
                if page.count < MoveLimits.considered { break }
            }
        } catch {
            node.counters.notice(nil)
            return report(error)
        }
        state.withLock { $0.isCatalogAway = false }
        sort(decode(records))
    }

    private var known: [KnownMigration] { state.withLock { Array($0.known.values) } }

    /// What has not changed since it was read last is not decoded again.
    private func decode(_ records: [MigrationRecord]) -> [KnownMigration] {
        let before = state.withLock { $0.known }
        return records.map { record in
            if let same = before[record.number], same.record.version == record.version { return same }
            return KnownMigration(record: record, migration: Migration(record))
        }
    }

    private func report(_ error: StorageError) {
        let isNews = state.withLock { state in
            defer { state.isCatalogAway = true }
            return !state.isCatalogAway
        }
        if isNews { node.logger.warning("migrations not read", metadata: ["reason": "\(error)"]) }
    }

    /// Tells apart what waits, what other nodes work on, and what there is nothing to do for.
    private func sort(_ known: [KnownMigration]) {
        let now = node.clock.now()
        let numbered = Dictionary(uniqueKeysWithValues: known.map { ($0.record.number, $0) })
        state.withLock { state in
            state.known = numbered
            state.seen = state.seen.filter { numbered[$0.key] != nil }
            state.elsewhere = []
            state.mayBegin = true
            var waiting: [KnownMigration] = []
            for one in known {
                if state.running[one.record.number] != nil {
                    state.running[one.record.number] = one.migration
                } else if isAtWork(one, &state, now) {
                    state.elsewhere.append(one.migration)
                } else if one.migration.owner != nil || node.hasWork(one.migration, at: now) {
                    waiting.append(one)
                }
            }
            state.waiting = WaitingMigrations(waiting)
        }
        node.counters.notice(known.reduce(into: [:]) { $0[$1.migration.state, default: 0] += 1 })
    }

    /// Those that may begin now. One that somebody else has begun since it was read is refused by the catalog.
    private func admit(most: Int = .max) -> [MigrationRecord] {
        state.withLock { state in
            guard state.mayBegin else { return [] }
            var slots = MoveSlots(node.settings)
            for migration in state.elsewhere { slots.take(migration) }
            for migration in state.running.values { slots.take(migration) }
            let chosen = state.waiting.admit(to: &slots, most: most)
            state.mayBegin = chosen.count == most
            for one in chosen { state.running[one.record.number] = one.migration }
            return chosen.map(\.record)
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
