internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// The last mile: catching up, fencing, switching.
extension Mover {
    /// Carries changes over until so few are left that the last of them hold nobody up, then switches.
    func catchUp() async throws(MoveInterruption) {
        if !migration.progress.isVerified { try await verify() }
        let begun = now
        while migration.isBeforeSwitch {
            let pass = try await carryChangesOver()
            let isClose = pass.left == 0 && pass.count <= changesAtCutover(since: begun)
            if isClose, now >= nextCutover {
                if !migration.waitsForCutover { return try await cutOver() }
                if migration.step != .ready { try await advance { $0.becomeReady(at: now) } }
            }
            try await saveIfDue()
            if migration.waitsForOrder, pass.left == 0 {
                await node.clock.sleep(milliseconds: MoveLimits.waitingMilliseconds)
            } else if pass.count == 0 {
                await node.clock.sleep(milliseconds: MoveLimits.idleMilliseconds)
            }
        }
    }

    /// Those who use the queue are left in peace after a cutover that was given up.
    private var nextCutover: Timestamp { migration.progress.nextCutover ?? Timestamp(milliseconds: .min) }

    private func verify() async throws(MoveInterruption) {
        _ = try await carryAllChangesOver()
        try await compareCopies()
        migration.progress.isVerified = true
    }

    private func changesAtCutover(since begun: Timestamp) -> Int {
        let seconds = Int(max(0, now.milliseconds - max(begun, nextCutover).milliseconds) / 1000)
        return min(MoveLimits.mostChangesAtCutover, MoveLimits.changesAtCutover << min(seconds, 10))
    }

    // MARK: The cutover

    private func cutOver() async throws(MoveInterruption) {
        try await advance { next in
            if next.step != .ready { next.becomeReady(at: now) }
            next.beginCutover(at: now)
        }
        node.reach(.cutoverBegun)
        do throws(MoveInterruption) {
            try await confirmShadow()
            try await switchPools()
        } catch {
            switch error {
            case .lost, .superseded, .queueGone, .stopping: throw error
            case .storage, .mismatch, .cutoverFailed: try await abortCutover(error.reason)
            }
            // An outage is waited for; a cutover that was too slow is tried again after its rest.
            if case .storage = error { throw error }
        }
    }

    /// The target takes nothing of an earlier turn from now on.
    private func confirmShadow() async throws(MoveInterruption) {
        let start = try await atTarget { pool throws(StorageError) in
            try await pool.openShadow(of: migration.targetRef, turn: migration.moveTurn, now: now)
        }
        guard start == .continued else { throw .cutoverFailed("\(migration.target) has lost what was copied") }
    }

    private func switchPools() async throws(MoveInterruption) {
        let (source, target, turn) = (migration.sourceRef, migration.targetRef, migration.moveTurn)
        let begun = now
        fencedSince = begun
        try await atSource { pool throws(StorageError) in try await pool.fence(source, turn: turn) }
        node.reach(.fenced)
        try await carryLastChangesOver(since: begun)
        node.reach(.drained)
        // After the fence, never before (rule R4).
        let counted = now
        let there = try await census(atSource: true, at: counted)
        node.reach(.sourceCounted)
        try await atTarget { pool throws(StorageError) in
            try await pool.finalise(target, turn: turn, last: there.last, isCapturing: keepsSource)
        }
        node.reach(.finalised)
        try await compareCounts(there, try await census(atSource: false, at: counted))
        node.reach(.targetCounted)
        let route = RouteSwitch(old: source, pool: migration.target, epoch: target.epoch)
        try await advance(switching: route) { $0.switch(stall: Int(now.milliseconds - begun.milliseconds), at: now) }
        node.reach(.routeSwitched)
        node.catalog.forget(migration.key)
        countMismatches = 0
    }

    /// Counts the switch that has come about, though its answer was lost perhaps. How long it took in all is known only
    /// now; the next record of the migration has it.
    func countSwitch() {
        guard let begun = fencedSince else { return }
        fencedSince = nil
        let stall = Int(now.milliseconds - begun.milliseconds)
        migration.progress.stall = stall
        node.counters.countSwitch(stall: stall)
    }

    private var keepsSource: Bool { !migration.isReturning && migration.keepSourceSeconds > 0 }

    private func carryLastChangesOver(since begun: Timestamp) async throws(MoveInterruption) {
        while true {
            let pass = try await carryChangesOver()
            if pass.count == 0, pass.left == 0 { return }
            guard now.milliseconds - begun.milliseconds < MoveLimits.fenceMilliseconds else {
                throw .cutoverFailed("the last changes took longer than \(MoveLimits.fenceMilliseconds) ms")
            }
        }
    }

    private func compareCounts(_ there: QueueCensus, _ here: QueueCensus) async throws(MoveInterruption) {
        guard there != here else { return }
        countMismatches += 1
        node.counters.countMismatch()
        let figures =
            "\(migration.source) counts \(Self.text(there)), \(migration.target) counts \(Self.text(here))"
        guard countMismatches < MoveLimits.countMismatches else { throw .mismatch(figures) }
        throw .cutoverFailed(figures)
    }

    private static func text(_ census: QueueCensus) -> String {
        "\(census.stats.free) free, \(census.stats.claimed) claimed, last \(census.last.value)"
    }

    /// Gives the cutover up: first in the catalog, so that no switch can follow, then at the source. Whoever waits for
    /// the queue may have been quicker.
    func abortCutover(_ reason: String) async throws(MoveInterruption) {
        let (source, fence) = (migration.sourceRef, migration.moveTurn)
        if migration.step == .cutover {
            try await advance { $0.abortCutover(reason, by: node.id, at: now) }
            node.counters.countAbort()
        }
        node.reach(.cutoverAborted)
        try await atSource { pool throws(StorageError) in try await pool.unfence(source, through: fence) }
        node.reach(.fenceLifted)
        guard countMismatches < MoveLimits.countMismatches else { throw .mismatch(reason) }
    }
}
