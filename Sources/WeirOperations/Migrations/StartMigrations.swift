internal import WeirCatalog
package import WeirDomain
internal import WeirJSON
internal import WeirStorage

extension Operations {
    /// Plans what is asked for and, unless it is a dry run, begins it. Of many queues those that cannot be moved are
    /// named with the reason, and the others are moved; that a single one cannot be is an error, unless it is a dry run.
    /// Asking again for what was cut off begins what has not begun.
    package func startMigrations(
        _ request: MigrationRequest, by actor: ProjectID
    ) async throws(OperationError) -> MigrationAnswer {
        try request.terms.check()
        try await operation(try await catalog.pools.followNews())
        let plan: MigrationPlan
        switch request.scope {
        case .queue(let key, let pool): plan = try await planMove(of: key, to: pool, isDryRun: request.isDryRun)
        case .drain(let pool):
            if !request.isDryRun { try await closePool(pool, by: actor) }
            plan = try await planDrain(of: pool)
        case .rebalance(let flavor): plan = try await planRebalance(of: flavor)
        }
        if request.isDryRun { return MigrationAnswer(moves: plan.moves, refusals: plan.refusals) }
        if case .queue = request.scope, let move = plan.moves.first {
            return MigrationAnswer(migrations: [try await beginAlone(move, request.terms, by: actor)])
        }
        return try await begin(plan, request.terms, by: actor)
    }

    // MARK: Beginning

    /// Begins a move that was asked for by itself.
    func beginAlone(
        _ move: PlannedMove, _ terms: MigrationTerms, by actor: ProjectID
    ) async throws(OperationError) -> Migration {
        let outcome = try await operation(try await begin(move, terms, by: actor))
        switch outcome {
        case .success(let migration): return migration
        case .failure(let refusal): throw .conflict(refusal.reason)
        }
    }

    private func begin(
        _ plan: MigrationPlan, _ terms: MigrationTerms, by actor: ProjectID
    ) async throws(OperationError) -> MigrationAnswer {
        var answer = MigrationAnswer(refusals: plan.refusals)
        let outcomes = try await inRounds(plan.moves) { move async throws(StorageError) in
            try await self.begin(move, terms, by: actor)
        }
        for (move, outcome) in zip(plan.moves, outcomes) {
            switch outcome {
            case .success(let migration): answer.migrations.append(migration)
            case .failure(let refusal):
                answer.refusals.append(RefusedMove(queue: move.queue, to: move.to, reason: refusal.reason))
            }
        }
        return answer
    }

    private func begin(
        _ move: PlannedMove, _ terms: MigrationTerms, by actor: ProjectID
    ) async throws(StorageError) -> Result<Migration, MigrationRefusal> {
        let migration = Self.migration(move, terms, by: actor, at: clock.now())
        let entry = note(
            "migration.begin", migration.key.name.value, by: actor, before: nil, after: migration.described)
        var record = migration.record(version: 1)
        switch try await catalog.store.begin(record, noting: entry) {
        case .begun(let number):
            record.number = number
            return .success(Migration(record))
        case .alreadyMoves(let number):
            return .failure(MigrationRefusal("Migration '\(number)' moves the queue already."))
        case .queueElsewhere: return .failure(MigrationRefusal("The queue was moved or deleted meanwhile."))
        case .unknownPool: return .failure(MigrationRefusal("Pool '\(move.to)' was removed meanwhile."))
        }
    }

    private static func migration(
        _ move: PlannedMove, _ terms: MigrationTerms, by actor: ProjectID, at now: Timestamp
    ) -> Migration {
        var migration = Migration(
            number: 0, key: move.queue.key, life: move.queue.ref.life, from: move.queue.pool, to: move.to,
            firstEpoch: move.queue.ref.epoch, keepSourceSeconds: terms.keepSourceSeconds,
            waitsForCutover: terms.waitsForCutover, created: now)
        migration.messagesPerSecond = terms.messagesPerSecond
        migration.bytesPerSecond = terms.bytesPerSecond
        migration.history = [MigrationEvent(at: now, state: .planned, actor: actor.value, reason: "asked for")]
        return migration
    }
}
