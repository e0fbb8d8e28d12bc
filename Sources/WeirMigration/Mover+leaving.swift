internal import WeirDomain
internal import WeirStorage

/// After the switch, and after a migration that will not happen.
extension Mover {
    /// The pool that was left serves nobody any more; what it holds is kept for a way back, or removed.
    func leaveSource() async throws(MoveInterruption) {
        try await markSource()
        node.reach(.sourceMarked)
        if migration.rests(at: now) { return try await rest() }
        try await advance { $0.beginCleaning("the source is not kept any longer", at: now) }
        node.reach(.cleaningBegun)
    }

    private func markSource() async throws(MoveInterruption) {
        try await mark(migration.sourceRef, movedTo: migration.targetRef.epoch, in: migration.source)
    }

    /// The way back may have been ordered before the pool that was left had been marked: it stands fenced there still.
    func markFirstSource() async throws(MoveInterruption) {
        try await mark(migration.firstRef, movedTo: migration.sourceRef.epoch, in: migration.from)
    }

    private func mark(_ queue: QueueRef, movedTo epoch: Epoch, in pool: String) async throws(MoveInterruption) {
        try await tolerating { () async throws(MoveInterruption) in
            try await at(pool) { pool throws(StorageError) in
                try await pool.markMoved(queue, to: epoch, turn: migration.moveTurn, now: now)
            }
        }
    }

    /// Removes what the pool that was left held, and the capture for a way back.
    func clean() async throws(MoveInterruption) {
        try await markSource()
        try await endCapture(of: migration.targetRef, isAtSource: false)
        node.reach(.captureEnded)
        try await inSteps { () async throws(MoveInterruption) in
            try await atSource { pool throws(StorageError) in
                try await pool.clear(life, turn: migration.moveTurn, limit: MoveLimits.clearedPerStep)
            }
        }
        node.reach(.sourceCleared)
        try await advance { $0.end(at: now) }
        node.reach(.ended)
    }

    /// Removes what a migration that will not happen has begun.
    func undo() async throws(MoveInterruption) {
        let (queue, turn) = (migration.sourceRef, migration.moveTurn)
        try await tolerating { () async throws(MoveInterruption) in
            try await atSource { pool throws(StorageError) in try await pool.unfence(queue, through: turn) }
        }
        try await endCapture(of: queue, isAtSource: true)
        do throws(MoveInterruption) {
            // The shadow may have been finalised for a switch that did not come about.
            try await tolerating { () async throws(MoveInterruption) in _ = try await openShadow() }
            try await clearTarget()
        } catch .storage(_, pool: migration.target) where failures >= MoveLimits.undoAttempts {
            // It serves nobody, and may never be back. What is left there is the sweeper's.
        }
        node.reach(.undone)
        try await advance { $0.end(at: now) }
    }

    private func endCapture(of queue: QueueRef, isAtSource: Bool) async throws(MoveInterruption) {
        let number = migration.number
        try await inSteps { () async throws(MoveInterruption) in
            let step = { (pool: any PoolDriver) async throws(StorageError) -> Bool in
                try await pool.endCapture(of: queue, for: number, limit: MoveLimits.clearedPerStep)
            }
            return isAtSource ? try await atSource(step) : try await atTarget(step)
        }
    }

    /// The queue may have been deleted, and its life ended at both pools: then nothing is left to be done.
    private func tolerating(_ work: () async throws(MoveInterruption) -> Void) async throws(MoveInterruption) {
        do throws(MoveInterruption) {
            try await work()
        } catch {
            switch error {
            case .storage(.staleRoute, _), .storage(.queueNotOpen, _): return
            default: throw error
            }
        }
    }
}
