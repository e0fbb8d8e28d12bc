internal import SQLiteEngine
package import WeirDomain
package import WeirStorage

extension SQLiteCatalogStore {
    package func begin(
        _ migration: MigrationRecord, noting entry: AuditEntry?
    ) async throws(StorageError) -> MigrationStart {
        try await writer.perform { [rememberedMigrations] session in
            let outcome = try session.begin(migration)
            guard case .begun = outcome else { return outcome }
            try session.forgetMigrations(keeping: rememberedMigrations)
            try session.note(entry)
            return outcome
        }
    }

    package func migration(_ number: Int64) async throws(StorageError) -> MigrationRecord? {
        try await readers.perform { try $0.migration(number) }
    }

    package func migration(of life: QueueLife) async throws(StorageError) -> MigrationRecord? {
        try await readers.perform { try $0.migration(of: life) }
    }

    package func migrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int
    ) async throws(StorageError) -> [MigrationRecord] {
        try await readers.perform { try $0.migrations(filter, after: number, limit: max(0, limit)) }
    }

    package func replace(
        _ migration: MigrationRecord, switching route: RouteSwitch?, noting entry: AuditEntry?
    ) async throws(StorageError) -> Bool {
        try await writer.perform { session in
            guard try session.replace(migration, switching: route) else { return false }
            try session.note(entry)
            return true
        }
    }
}
