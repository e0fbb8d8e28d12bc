internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisCatalogStore {
    /// Migrations that one step of a listing looks at: no other script waits for more.
    private static let looksPerStep = 200

    package func begin(
        _ migration: MigrationRecord, noting entry: AuditEntry?
    ) async throws(StorageError) -> MigrationStart {
        let texts = [migration.from, migration.to, migration.state].map { Array($0.utf8) }
        let words = migration.key.words + [migration.life.stored] + texts + [migration.document]
        let reply = try await run(.begin, words + [Int64(rememberedMigrations).word] + (entry?.words ?? []))
        switch reply {
        case .integer(let other) where other < 0: return .alreadyMoves(-Int64(other))
        case .integer(let number): return .begun(Int64(number))
        default: return try Answer.text(reply) == "pool" ? .unknownPool : .queueElsewhere
        }
    }

    package func migration(_ number: Int64) async throws(StorageError) -> MigrationRecord? {
        let reply = try await run(.migration, [number.word])
        return reply == .null ? nil : try Answer.migration(reply)
    }

    package func migration(of life: QueueLife) async throws(StorageError) -> MigrationRecord? {
        let reply = try await run(.migrationOfLife, [life.stored])
        return reply == .null ? nil : try Answer.migration(reply)
    }

    package func migrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int
    ) async throws(StorageError) -> [MigrationRecord] {
        var found: [MigrationRecord] = []
        var next: Int64? = number
        while let after = next, found.count < limit {
            let bounds = [after.word, Int64(limit - found.count).word, Int64(Self.looksPerStep).word]
            let parts = try Answer.elements(try await run(.listMigrations, bounds + filter.words))
            guard parts.count == 2 else { throw Answer.strange }
            found += try Answer.elements(parts[1]).map(Answer.migration)
            let reached = Int64(try Answer.integer(parts[0]))
            next = reached > 0 ? reached : nil
        }
        return found
    }

    package func replace(
        _ migration: MigrationRecord, switching route: RouteSwitch?, noting entry: AuditEntry?
    ) async throws(StorageError) -> Bool {
        let versions = [migration.number.word, migration.version.word, (migration.version &+ 1).word]
        let state = [migration.state, migration.hasEnded ? "1" : "0"].map { Array($0.utf8) }
        let change = versions + state + [migration.document]
        let words = change + (route?.words ?? RouteSwitch.noWords) + (entry?.words ?? [])
        return try Answer.integer(try await run(.replaceMigration, words)) == 1
    }
}

extension MigrationFilter {
    /// In the order of `list_migrations.lua`.
    fileprivate var words: [[UInt8]] {
        let over = hasEnded.map { $0 ? "1" : "0" } ?? ""
        let rest = [state, project?.value, queue, pool].map { $0.map { "=" + $0 } ?? "" }
        return ([over] + rest).map { Array($0.utf8) }
    }
}

extension RouteSwitch {
    /// No new route.
    fileprivate static let noWords = [[UInt8]](repeating: [], count: 5)

    /// In the order of `replace_migration.lua`.
    fileprivate var words: [[UInt8]] {
        [
            Int64(Limits.rememberedChanges).word, old.life.stored, old.epoch.value.word, Array(pool.utf8),
            epoch.value.word,
        ]
    }
}
