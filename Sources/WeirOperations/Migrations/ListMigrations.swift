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

    /// How many migrations that are not over are in each state, the first thousands of them; nil if the catalog
    /// does not say.
    package func migrationStates() async -> [MigrationState: Int]? {
        var counts: [MigrationState: Int] = [:]
        var last: Int64 = 0
        for _ in 0..<Self.pagesCounted {
            let filter = MigrationFilter(hasEnded: false)
            guard let page = try? await catalog.store.migrations(filter, after: last, limit: PlanLimits.page) else {
                return nil
            }
            for state in page.compactMap({ MigrationState(rawValue: $0.state) }) { counts[state, default: 0] += 1 }
            guard page.count == PlanLimits.page, let end = page.last else { break }
            last = end.number
        }
        return counts
    }

    private static let pagesCounted = 20
}

extension OperationError {
    static func noMigration(_ number: Int64) -> OperationError {
        .notFound("Migration '\(number)' does not exist.")
    }
}
