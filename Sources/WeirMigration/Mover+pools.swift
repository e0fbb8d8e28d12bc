internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// What a worker asks of the two pools.
extension Mover {
    /// Does `work` at the pool that the queue leaves.
    func atSource<Value: Sendable>(
        _ work: (any PoolDriver) async throws(StorageError) -> Value
    ) async throws(MoveInterruption) -> Value {
        try await at(migration.source, work)
    }

    /// Does `work` at the pool that the queue goes to.
    func atTarget<Value: Sendable>(
        _ work: (any PoolDriver) async throws(StorageError) -> Value
    ) async throws(MoveInterruption) -> Value {
        try await at(migration.target, work)
    }

    func at<Value: Sendable>(
        _ pool: String, _ work: (any PoolDriver) async throws(StorageError) -> Value
    ) async throws(MoveInterruption) -> Value {
        if Task.isCancelled { throw .stopping }
        do throws(StorageError) {
            return try await slot(pool).chore(work)
        } catch {
            throw .storage(error, pool: pool)
        }
    }

    private func slot(_ name: String) async throws(StorageError) -> PoolSlot {
        if let slot = node.catalog.pools.pool(named: name) { return slot }
        try await node.catalog.pools.followNews()
        guard let slot = node.catalog.pools.pool(named: name) else { throw .unavailable("it is not registered") }
        return slot
    }

    // MARK: Before anything is copied

    /// Makes sure that the source marks changes and that the target has a shadow of this turn. What was copied counts
    /// only if both were so all the time. Where they were not, the catalog hears of it before capture begins again: a
    /// capture that is on tells nobody since when.
    func prepare() async throws(MoveInterruption) {
        if migration.isReturning { try await markFirstSource() }
        if migration.hasCopied, !(try await isCopyIntact()) {
            try await advance { $0.restartCopy("copying anew: what was copied is not complete", at: now) }
        }
        if !migration.hasCopied { try await beginAfresh() }
        node.reach(.shadowOpened)
    }

    private func isCopyIntact() async throws(MoveInterruption) -> Bool {
        guard try await isCapturing() else { return false }
        try await liftEarlierFence()
        do throws(MoveInterruption) {
            return try await openShadow() == .continued
        } catch .storage(.staleRoute, _) {
            // Another worker may have taken over: then the catalog refuses what follows from this.
            return false
        }
    }

    private func isCapturing() async throws(MoveInterruption) -> Bool {
        let (queue, number) = (migration.sourceRef, migration.number)
        return try await atSource { pool throws(StorageError) in
            do throws(StorageError) {
                _ = try await pool.changes(of: queue, for: number, limit: 1, bytes: 1, now: now)
                return true
            } catch .staleRoute, .queueNotOpen {
                return false
            }
        }
    }

    private func beginAfresh() async throws(MoveInterruption) {
        try await beginCapture()
        node.reach(.captureBegun)
        try await liftEarlierFence()
        while try await openShadow() != .fresh { try await clearTarget() }
    }

    private func beginCapture() async throws(MoveInterruption) {
        let (queue, number) = (migration.sourceRef, migration.number)
        try await atSource { pool throws(StorageError) in
            do throws(StorageError) {
                _ = try await pool.beginCapture(of: queue, for: number)
            } catch .queueNotOpen {
                // Nothing was ever posted. From now on the pool knows the life, and remembers that it has moved.
                try await pool.open(queue, now: now)
                _ = try await pool.beginCapture(of: queue, for: number)
            }
        }
    }

    /// A cutover that was given up may have left its fence.
    private func liftEarlierFence() async throws(MoveInterruption) {
        let earlier = MoveTurn(migration: migration.number, turn: migration.turn - 1)
        try await atSource { pool throws(StorageError) in
            try await pool.unfence(migration.sourceRef, through: earlier)
        }
    }

    func openShadow() async throws(MoveInterruption) -> ShadowStart {
        try await atTarget { pool throws(StorageError) in
            try await pool.openShadow(of: migration.targetRef, turn: migration.moveTurn, now: now)
        }
    }

    // MARK: Removing

    /// Removes what the target holds, which serves nobody.
    func clearTarget() async throws(MoveInterruption) {
        try await inSteps { () async throws(MoveInterruption) in
            try await atTarget { pool throws(StorageError) in
                try await pool.clear(life, turn: migration.moveTurn, limit: MoveLimits.clearedPerStep)
            }
        }
    }

    /// Does steps until one says that there is no more, and says meanwhile that the worker lives.
    func inSteps(_ step: () async throws(MoveInterruption) -> Bool) async throws(MoveInterruption) {
        while try await step() { try await saveIfDue() }
    }

    // MARK: Progress

    /// Records how far it is, now and then. This is also where orders are noticed: the catalog refuses, and the work
    /// goes on from what they made of the migration.
    func saveIfDue() async throws(MoveInterruption) {
        let since = now.milliseconds - lastSave.milliseconds
        guard since >= MoveLimits.saveMilliseconds else { return }
        let copied = migration.progress.copied
        let rate = max(0, copied - copiedAtSave) * 1000 / Int(max(1, since))
        copiedAtSave = copied
        try await advance { next in
            next.progress.rate = rate
            next.updated = now
            next.error = next.stalled
        }
    }
}
