internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// The walk through the queues of the catalog.
extension Verification {
    /// Goes on from here until the time is up. Nil if all queues were looked at.
    mutating func walkQueues(from start: QueuePlace) async throws(OperationError) -> QueuePlace? {
        var place = start
        repeat {
            let after = place.page
            let page = try await operation(
                try await operations.catalog.store.projects(after: after, limit: VerifyLimits.projects))
            // A page that is read again may have changed: its order says what was done.
            let projects = page.projects.sorted { $0.value.utf8.lexicographicallyPrecedes($1.value.utf8) }
            for project in projects where !place.isBeyond(project) {
                place.enter(project)
                guard try await walkQueues(of: project, &place) else { return place }
            }
            guard let next = page.next else { return nil }
            place = QueuePlace(page: next)
        } while !isTimeUp
        return place
    }

    /// False if the time is up.
    private mutating func walkQueues(
        of project: ProjectID, _ place: inout QueuePlace
    ) async throws(OperationError) -> Bool {
        while true {
            let after = place.name
            let page = try await operation(
                try await operations.catalog.store.queues(of: project, after: after, limit: VerifyLimits.queues))
            for start in stride(from: 0, to: page.count, by: VerifyLimits.together) {
                let round = page[start..<min(start + VerifyLimits.together, page.count)]
                try await check(round.filter { !away.contains($0.pool) })
                place.name = round.last?.key.name.value ?? place.name
                if isTimeUp { return false }
            }
            guard page.count == VerifyLimits.queues else { return true }
        }
    }

    private mutating func check(_ round: [QueueRecord]) async throws(OperationError) {
        let step = self
        let outcomes = try await operations.inRounds(round) { record async throws(StorageError) in
            await outcome { () async throws(VerifyFailure) in try await step.check(record) }
        }
        for outcome in outcomes { try add(outcome) }
        queues += round.count
    }

    // MARK: One queue

    private func check(_ record: QueueRecord) async throws(VerifyFailure) -> [VerifyFinding] {
        guard let slot = operations.catalog.pools.pool(named: record.pool) else { return try await unknownPool(record) }
        do throws(VerifyFailure) {
            _ = try await at(slot) { pool throws(StorageError) in try await pool.lastSequence(of: record.ref) }
        } catch .pool(_, .queueNotOpen) {
            return try await wrongPool(record)
        } catch .pool(_, .staleRoute) {
            return try await refused(record, by: slot)
        } catch .pool(_, .fenced) {
            // It changes its pool at this moment.
            return []
        }
        return try await inspect(record, in: slot)
    }

    private func unknownPool(_ record: QueueRecord) async throws(VerifyFailure) -> [VerifyFinding] {
        // Registered through another node a moment ago, perhaps: the queue came after the pool.
        let pools = try await atCatalog { store throws(StorageError) in try await store.pools() }
        guard !pools.contains(where: { $0.pool.name == record.pool }), try await isUnchanged(record) else { return [] }
        return [VerifyFinding(.unknownPool, record, "the route names a pool that is not registered")]
    }

    /// The route is the same now as when the pool refused it, and routes never come back: so it was the same then.
    private func refused(_ record: QueueRecord, by slot: PoolSlot) async throws(VerifyFailure) -> [VerifyFinding] {
        let held = try await held(record.life, in: slot)
        guard try await isUnchanged(record) else { return [] }
        guard let held, held.role == .serving else {
            return [VerifyFinding(.notServed, record, "the pool that the route names refuses the queue")]
        }
        guard held.epoch != record.epoch else { return [] }
        let detail = "the pool serves epoch \(held.epoch.value), and the route says \(record.epoch.value)"
        return [VerifyFinding(.wrongEpoch, record, detail)]
    }

    /// A pool learns of a queue when something is written to it, so one that knows nothing is right, unless another pool
    /// serves the queue.
    private func wrongPool(_ record: QueueRecord) async throws(VerifyFailure) -> [VerifyFinding] {
        for other in pools where other.name != record.pool {
            guard let held = try await server(of: record.ref, other) else { continue }
            // No migration, and then still the same: it does not serve because of one that was about to switch.
            guard try await !moves(record.life), try await isUnchanged(record),
                try await self.held(record.life, in: other) == held
            else { return [] }
            let detail = "the pool knows nothing of the queue, and pool '\(other.name)' serves it"
            return [VerifyFinding(.wrongPool, record, detail)]
        }
        return []
    }

    /// What the pool holds, if it serves this queue, under whichever epoch.
    private func server(of queue: QueueRef, _ slot: PoolSlot) async throws(VerifyFailure) -> HeldLife? {
        do throws(VerifyFailure) {
            _ = try await at(slot) { pool throws(StorageError) in try await pool.lastSequence(of: queue) }
        } catch .pool(_, .queueNotOpen) {
            return nil
        } catch .pool(_, .staleRoute) {
        } catch .pool(_, .fenced) {}
        guard let held = try await held(queue.life, in: slot), held.role == .serving else { return nil }
        return held
    }

    private func isUnchanged(_ record: QueueRecord) async throws(VerifyFailure) -> Bool {
        let now = try await atCatalog { store throws(StorageError) in try await store.queue(record.key) }
        return now?.ref == record.ref && now?.pool == record.pool
    }

    /// What the pool keeps about the queue is compared with what it holds, and mended only if something differs.
    private func inspect(_ record: QueueRecord, in slot: PoolSlot) async throws(VerifyFailure) -> [VerifyFinding] {
        var found = try await inspect(record.life, in: slot, repairing: false)
        if isRepairing, !found.isEmpty { found = try await inspect(record.life, in: slot, repairing: true) }
        return found.map { VerifyFinding($0, record) }
    }

    private func inspect(
        _ life: QueueLife, in slot: PoolSlot, repairing: Bool
    ) async throws(VerifyFailure) -> [PoolFinding] {
        try await at(slot) { pool throws(StorageError) in
            try await pool.inspect(life, repairing: repairing, now: operations.clock.now())
        }
    }
}

extension QueuePlace {
    /// Whether all queues of the project were looked at.
    fileprivate func isBeyond(_ project: ProjectID) -> Bool {
        self.project.map { project.value.utf8.lexicographicallyPrecedes($0.value.utf8) } ?? false
    }

    /// Begins with the project, unless it is being walked through.
    fileprivate mutating func enter(_ project: ProjectID) {
        guard self.project != project else { return }
        self.project = project
        name = ""
    }
}
