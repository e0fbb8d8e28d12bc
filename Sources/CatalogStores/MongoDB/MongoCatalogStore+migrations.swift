internal import MongoEngine
package import WeirDomain
package import WeirStorage

extension MongoCatalogStore {
    package func begin(
        _ migration: MigrationRecord, noting entry: AuditEntry?
    ) async throws(StorageError) -> MigrationStart {
        try await administer { [rememberedMigrations] (session) throws(MongoFailure) in
            let outcome = try session.begin(migration, keeping: rememberedMigrations)
            if case .begun = outcome { try session.note(entry) }
            return outcome
        }
    }

    package func migration(_ number: Int64) async throws(StorageError) -> MigrationRecord? {
        try await read { (reader) throws(MongoFailure) in try reader.queries.migrations([number])[number] }
    }

    package func migration(of life: QueueLife) async throws(StorageError) -> MigrationRecord? {
        try await read { (reader) throws(MongoFailure) in try reader.queries.migration(of: life) }
    }

    package func migrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int
    ) async throws(StorageError) -> [MigrationRecord] {
        try await read { (reader) throws(MongoFailure) in
            try reader.queries.migrations(filter, after: number, limit: limit)
        }
    }

    package func replace(
        _ migration: MigrationRecord, switching route: RouteSwitch?, noting entry: AuditEntry?
    ) async throws(StorageError) -> Bool {
        let needs = QueueNeeds(
            key: route.map { _ in migration.key }, pool: route?.pool, migration: migration.number,
            isNoted: route != nil, isAudited: entry != nil)
        return try await change(needs, weight: migration.document.count + 512) { book in
            guard book.replace(migration, switching: route) else { return false }
            if let entry { book.audit(entry) }
            return true
        }
    }
}
