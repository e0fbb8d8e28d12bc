internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

/// Migrations and plans as the API shows them.
enum MigrationEncoding {
    static func migration(_ migration: Migration) -> JSONValue {
        let progress = migration.progress
        return [
            "id": .string(String(migration.number)), "href": .string("/v2/migrations/\(migration.number)"),
            "project": .string(migration.key.project.value), "queue": .string(migration.key.name.value),
            "from": .string(migration.from), "to": .string(migration.to), "state": .string(migration.state.rawValue),
            "phase": .string(phase(of: migration)),
            "copied": integer(progress.copied), "total": integer(max(progress.total, progress.copied)),
            "dirty": integer(progress.dirty), "rate": integer(migration.hasEnded ? 0 : progress.rate),
            "eta_seconds": integer(progress.eta), "stall_ms": integer(progress.stall),
            "verified": .bool(progress.isVerified), "attempts": integer(progress.attempts),
            "aborts": integer(progress.aborts), "error": migration.error.map { .string($0) } ?? .null,
            "keep_source_seconds": integer(migration.keepSourceSeconds), "postpone": .bool(migration.waitsForCutover),
            "messages_per_second": integer(migration.messagesPerSecond),
            "bytes_per_second": integer(migration.bytesPerSecond),
            "created": .string(CalendarText.utc(migration.created)),
            "updated": .string(CalendarText.utc(migration.updated)),
            "history": .array(migration.history.map(event)),
        ]
    }

    private static func integer(_ number: Int?) -> JSONValue {
        number.map { .integer(Int64($0)) } ?? .null
    }

    private static func event(_ event: MigrationEvent) -> JSONValue {
        [
            "at": .string(CalendarText.utc(event.at)), "state": .string(event.state.rawValue),
            "actor": .string(event.actor), "reason": .string(event.reason),
        ]
    }

    /// The step, and what it waits for.
    private static func phase(of migration: Migration) -> String {
        let step = migration.step.rawValue
        guard let reason = wait(of: migration) else { return step }
        return "\(step): \(reason)"
    }

    private static func wait(of migration: Migration) -> String? {
        if migration.hasEnded { return nil }
        if migration.isPaused { return "waits to be resumed" }
        switch migration.step {
        case .planned: return "waits for its turn"
        case .ready where migration.waitsForCutover: return "waits for the order to cut over"
        case .switched:
            guard let since = migration.switchedAt, migration.keepSourceSeconds > 0 else { return nil }
            let end = since.adding(seconds: migration.keepSourceSeconds)
            return "pool \(migration.from) is kept until \(CalendarText.utc(end))"
        default: return migration.progress.throttled.map { "held back: \($0)" }
        }
    }

    // MARK: Plans

    static func move(_ move: PlannedMove) -> JSONValue {
        .object(move.queue.members(to: move.to))
    }

    static func refusal(_ refusal: RefusedMove) -> JSONValue {
        var members = refusal.queue.members(to: refusal.to)
        members["reason"] = .string(refusal.reason)
        return .object(members)
    }
}

extension PlacedQueue {
    fileprivate func members(to pool: String?) -> JSONObject {
        var members: JSONObject = [
            "project": .string(key.project.value), "queue": .string(key.name.value), "from": .string(self.pool),
        ]
        members["to"] = pool.map { .string($0) }
        return members
    }
}
