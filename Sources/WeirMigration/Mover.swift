internal import Logging
internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Moves one queue, from wherever its migration stands to the end, or until it rests or another worker has taken over.
///
/// Every step may be cut off at any point, by the end of the process too: whoever takes over finds in the catalog where
/// the migration stands and in the pools what they hold, and does that step again. What arrives late of the one who had
/// it before bears an older turn and is refused, by the pools and by the catalog.
final class Mover {
    let node: MigrationNode
    /// As the catalog accepted them last.
    private var record: MigrationRecord
    /// With progress that is not recorded yet.
    var migration: Migration

    /// Consecutive failures, and the cutovers in a row whose counts differed.
    private(set) var failures = 0
    var countMismatches = 0
    /// When it fenced the source for a switch that is not counted yet.
    var fencedSince: Timestamp?
    var lastSave = Timestamp(milliseconds: 0)
    var copiedAtSave = 0

    init(_ record: MigrationRecord, on node: MigrationNode) {
        self.node = node
        self.record = record
        migration = Migration(record)
    }

    var now: Timestamp { node.clock.now() }
    var life: QueueLife { migration.life }

    // MARK: The way

    func run() async {
        do throws(MoveInterruption) {
            try await takeOver()
            try await followPools()
        } catch {
            return
        }
        while !Task.isCancelled {
            do throws(MoveInterruption) {
                if migration.owner == nil { return }
                // After the switch the source is marked first.
                if migration.rests(at: now), migration.step != .switched { try await rest() } else { try await takeStep() }
                failures = 0
            } catch {
                guard await recover(from: error) else { return }
            }
        }
    }

    private func takeStep() async throws(MoveInterruption) {
        switch migration.step {
        case .planned: try await beginCopy()
        case .copying, .catchingUp, .ready:
            try await prepare()
            // What was copied may have turned out not to be complete.
            if migration.step == .copying { try await copy() } else { try await catchUp() }
        // Another worker, or this one, was cut off in the middle.
        case .cutover: try await abortCutover("the cutover was cut off")
        case .switched:
            countSwitch()
            try await leaveSource()
        case .cleaning:
            countSwitch()
            try await clean()
        case .undoing: try await undo()
        case .ended: throw .lost
        }
    }

    private func beginCopy() async throws(MoveInterruption) {
        try await advance { $0.beginCopy(at: now) }
        node.reach(.copyBegun)
    }

    /// Nothing is to be done now: any node may go on when there is.
    func rest() async throws(MoveInterruption) {
        try await advance { $0.letGo(at: now) }
    }

    // MARK: The catalog

    /// Changes the migration, and the route with it, if the catalog has it as this worker believes.
    func advance(
        switching route: RouteSwitch? = nil, _ change: (inout Migration) -> Void
    ) async throws(MoveInterruption) {
        var next = migration
        change(&next)
        let isAccepted: Bool
        do throws(StorageError) {
            isAccepted = try await node.store.replace(next.record(version: record.version), switching: route)
        } catch {
            throw .storage(error, pool: nil)
        }
        guard isAccepted else {
            let seen = record.version
            try await reload()
            throw route != nil && record.version == seen ? .queueGone : .superseded
        }
        log(next)
        migration = next
        record = next.record(version: record.version + 1)
        lastSave = now
    }

    private func log(_ next: Migration) {
        guard next.state != migration.state else { return }
        let metadata: Logger.Metadata = [
            "migration": "\(next.number)", "state": "\(next.state.rawValue)", "from": "\(next.from)",
            "to": "\(next.to)", "reason": "\(next.history.last?.reason ?? "")",
        ]
        node.logger.notice("migration", metadata: metadata)
    }

    /// The record as it is now, if this worker has it still.
    private func reload() async throws(MoveInterruption) {
        let found: MigrationRecord?
        do throws(StorageError) {
            found = try await node.store.migration(migration.number)
        } catch {
            throw .storage(error, pool: nil)
        }
        guard let found else { throw .lost }
        let aborts = migration.progress.aborts
        record = found
        migration = Migration(found)
        guard migration.owner == node.id || migration.owner == nil, !migration.hasEnded else { throw .lost }
        noticeAborts(since: aborts)
    }

    /// Whoever waits for the queue may have given its cutover up.
    private func noticeAborts(since known: Int) {
        let missed = migration.progress.aborts - known
        guard missed > 0 else { return }
        for _ in 0..<missed { node.counters.countAbort() }
        // A node of an earlier version does not say when the next may begin.
        if migration.isBeforeSwitch, migration.progress.nextCutover == nil { migration.progress.restAfterAbort(at: now) }
    }

    /// Makes this worker the only one: the turn passes on.
    private func takeOver() async throws(MoveInterruption) {
        try await advance { $0.takeOver(by: node.id, at: now) }
        node.reach(.takenOver)
    }

    /// A node that has not read yet that a pool has another store now would move the queue into the former one. From here
    /// on the migration keeps the stores of its pools from changing.
    private func followPools() async throws(MoveInterruption) {
        do throws(StorageError) {
            try await node.catalog.pools.followNews()
        } catch {
            throw .storage(error, pool: nil)
        }
        // Nor may the queue be switched to a store that other nodes do not know yet.
        guard node.catalog.pools.pool(named: migration.target)?.pool.state != .opening else {
            throw .storage(.unavailable("it is being opened"), pool: migration.target)
        }
    }

    // MARK: Failures

    /// Finds out what there is to go on with. False if there is nothing.
    private func recover(from interruption: MoveInterruption) async -> Bool {
        switch interruption {
        case .lost, .stopping: return false
        case .superseded: return await tryAgain { () async throws(MoveInterruption) in try await becomeOwner() }
        case .queueGone: return await giveUp(.cancelled, interruption)
        case .mismatch: return await giveUp(.failed, interruption)
        case .storage(.staleRoute, _), .storage(.queueNotOpen, _): return await explainRefusal(interruption)
        case .storage(.refused, pool: .some) where failures >= MoveLimits.refusals && migration.isBeforeSwitch:
            return await giveUp(.failed, interruption)
        case .storage, .cutoverFailed: return await startAgain(after: interruption)
        }
    }

    /// An order may have left the migration without an owner.
    private func becomeOwner() async throws(MoveInterruption) {
        if migration.owner == nil, !migration.rests(at: now) { try await takeOver() }
    }

    private func giveUp(_ outcome: MigrationOutcome, _ interruption: MoveInterruption) async -> Bool {
        await tryAgain { () async throws(MoveInterruption) in
            guard migration.isBeforeSwitch else { return }
            try await advance { $0.giveUp(outcome, interruption.reason, by: node.id, at: now) }
        }
    }

    /// A pool refuses: the queue is gone, another worker has taken over, or the pool is not what it was.
    private func explainRefusal(_ interruption: MoveInterruption) async -> Bool {
        do throws(MoveInterruption) {
            let turn = migration.turn
            try await reload()
            guard migration.turn == turn else { return true }
            if migration.isBeforeSwitch, try await isQueueGone() { return await giveUp(.cancelled, .queueGone) }
        } catch {
            return await recover(from: error)
        }
        return await startAgain(after: interruption)
    }

    private func isQueueGone() async throws(MoveInterruption) -> Bool {
        do throws(StorageError) {
            return try await node.store.queue(migration.key)?.life != life
        } catch {
            throw .storage(error, pool: nil)
        }
    }

    /// A while later, with a new turn: what is on its way still has no effect then. While a pool is away the migration
    /// is left to whichever node finds it back.
    private func startAgain(after interruption: MoveInterruption) async -> Bool {
        failures += 1
        let wait = MoveLimits.failureRestMilliseconds << min(failures - 1, 10)
        await node.clock.sleep(milliseconds: min(wait, MoveLimits.longestFailureRestMilliseconds))
        return await tryAgain { () async throws(MoveInterruption) in
            try await reload()
            let waits = migration.canWait && node.outage(for: migration) != nil
            try await advance { next in
                if waits { next.letGo(at: now) } else { next.takeOver(by: node.id, at: now) }
                next.error = interruption.reason
            }
        }
    }

    private func tryAgain(_ work: () async throws(MoveInterruption) -> Void) async -> Bool {
        do throws(MoveInterruption) {
            try await work()
            return true
        } catch {
            if Task.isCancelled { return false }
            return await recover(from: error)
        }
    }
}
