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

    private func at<Value: Sendable>(
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
    /// only if both were so all the time.
    func prepare() async throws(MoveInterruption) {
        let capture = try await beginCapture()
        node.reach(.captureBegun)
        // A cutover that was given up may have left its fence.
        let earlier = MoveTurn(migration: migration.number, turn: migration.turn - 1)
        try await atSource { pool throws(StorageError) in
            try await pool.unfence(migration.sourceRef, through: earlier)
        }
        let shadow = try await openShadow()
        let isIntact = capture == .continued && shadow == .continued
        if !isIntact { try await startAfresh(shadow) }
        node.reach(.shadowOpened)
    }

    private func beginCapture() async throws(MoveInterruption) -> CaptureStart {
        let (queue, number) = (migration.sourceRef, migration.number)
        return try await atSource { pool throws(StorageError) in
            do throws(StorageError) {
                return try await pool.beginCapture(of: queue, for: number)
            } catch .queueNotOpen {
                // Nothing was ever posted. From now on the pool knows the life, and remembers that it has moved.
                try await pool.open(queue, now: now)
                return try await pool.beginCapture(of: queue, for: number)
            }
        }
    }

    private func openShadow() async throws(MoveInterruption) -> ShadowStart {
        while true {
            let start = try await atTarget { pool throws(StorageError) in
                try await pool.openShadow(of: migration.targetRef, turn: migration.moveTurn, now: now)
            }
            guard start == .leftover else { return start }
            try await clearTarget()
        }
    }

    private func startAfresh(_ shadow: ShadowStart) async throws(MoveInterruption) {
        if shadow == .continued {
            try await clearTarget()
            _ = try await openShadow()
        }
        let isNew = migration.step == .copying && migration.progress.copiedThrough == .start
        guard !isNew || migration.progress.copied > 0 else { return }
        try await advance { $0.restartCopy("copying anew: what was copied is not complete", at: now) }
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
            next.error = nil
        }
    }
}
