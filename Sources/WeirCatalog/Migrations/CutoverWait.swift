internal import Synchronization
internal import WeirDomain
internal import WeirStorage

/// How long one request has waited for a cutover.
struct CutoverWait {
    /// When it began.
    var begun: Timestamp?
    /// The turn of the cutover, and since when this request waits for it.
    var turn: Int?
    var turnBegun = Timestamp(milliseconds: 0)
}

/// Requests that meet a fence wait inside the node and go on at the new route. They look at the catalog together, one
/// look at a time for each queue, however many they are.
extension Catalog {
    /// Returns when the queue may be tried again: its route has changed, or the fence is lifted. A cutover whose worker
    /// makes no progress is given up here, so that a worker that died keeps nobody waiting.
    /// - Throws: `fenced` if the request has waited for `Limits.cutoverWaitMilliseconds` in all, `busy` if too many wait.
    func waitForCutover(
        of key: QueueKey, at route: QueueRef, _ wait: inout CutoverWait
    ) async throws(StorageError) {
        let begun = wait.begun ?? clock.now()
        wait.begun = begun
        guard waiting.add(1, ordering: .relaxed).newValue <= Limits.waitingForCutovers else {
            waiting.subtract(1, ordering: .relaxed)
            throw .busy
        }
        defer { waiting.subtract(1, ordering: .relaxed) }
        while clock.now().milliseconds - begun.milliseconds < Limits.cutoverWaitMilliseconds {
            let found = try await cutovers.read(key) { () async throws(StorageError) in try await cutover(of: key, route) }
            guard let found else { return }
            if isOverdue(found, &wait) { try await giveUp(found) }
        }
        throw .fenced
    }

    /// The migration whose cutover keeps the queue waiting; nil if it may be tried again.
    private func cutover(of key: QueueKey, _ route: QueueRef) async throws(StorageError) -> Migration? {
        await clock.sleep(milliseconds: Limits.cutoverPollMilliseconds)
        guard let present = try await store.queue(key), present.ref == route,
            let record = try await store.migration(of: present.life)
        else {
            forget(key)
            return nil
        }
        let migration = Migration(record)
        if migration.step == .cutover { return migration }
        // The catalog knows of no cutover, so the fence is what one that was given up has left, with its migration perhaps.
        if migration.isBeforeSwitch || migration.step == .undoing { try await lift(migration.moveTurn, of: migration) }
        return nil
    }

    private func isOverdue(_ migration: Migration, _ wait: inout CutoverWait) -> Bool {
        let now = clock.now()
        if wait.turn != migration.turn {
            wait.turn = migration.turn
            wait.turnBegun = now
        }
        return now.milliseconds - wait.turnBegun.milliseconds >= Limits.cutoverPatienceMilliseconds
    }

    /// First in the catalog, so that no switch can follow, then at the source (rule R5).
    private func giveUp(_ cutover: Migration) async throws(StorageError) {
        guard let record = try await store.migration(cutover.number) else { return }
        var migration = Migration(record)
        guard migration.turn == cutover.turn, migration.step == .cutover else { return }
        let reason = "requests have waited for \(Limits.cutoverPatienceMilliseconds) ms"
        migration.abortCutover(reason, by: "a node that waited", at: clock.now())
        guard try await store.replace(migration.record(version: record.version), switching: nil) else { return }
        try await lift(cutover.moveTurn, of: cutover)
    }

    private func lift(_ turn: MoveTurn, of migration: Migration) async throws(StorageError) {
        do throws(StorageError) {
            try await pools.pool(named: migration.source)?.chore { pool throws(StorageError) in
                try await pool.unfence(migration.sourceRef, through: turn)
            }
        } catch {
            // It has moved meanwhile.
            guard error == .staleRoute || error == .queueNotOpen else { throw error }
        }
    }
}
