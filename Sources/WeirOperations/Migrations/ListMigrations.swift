internal import WeirCatalog
package import WeirDomain
package import WeirStorage

extension Operations {
    private static let migrationsPerPage = 1000

    /// Migrations that the filter finds, in the order in which they began, after this number.
    package func listMigrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int?
    ) async throws(OperationError) -> Page<Migration> {
        let limit = try pageSize(limit, maximum: Self.migrationsPerPage)
        if let state = filter.state, MigrationState(rawValue: state) == nil {
            let known = MigrationState.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidRequest("state: '\(state.prefix(64))' is not one of \(known).")
        }
        let found = try await operation(try await catalog.store.migrations(filter, after: number, limit: limit))
        return Page(found.map { Migration($0) }) { String($0.number) }
    }

    package func showMigration(_ number: Int64) async throws(OperationError) -> Migration {
        let found = try await operation(try await catalog.store.migration(number))
        guard let found else { throw .noMigration(number) }
        return Migration(found)
    }

    /// The number of the migration of this life that is not over; nil if there is none.
    package func migrationNumber(of life: QueueLife) async throws(OperationError) -> Int64? {
        try await operation(try await catalog.store.migration(of: life)?.number)
    }
}

extension OperationError {
    static func noMigration(_ number: Int64) -> OperationError {
        .notFound("Migration '\(number)' does not exist.")
    }
}
