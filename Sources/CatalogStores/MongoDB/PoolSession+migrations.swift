internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// Here and not among the changes of queues: no pool may go while a migration begins that names it.
extension PoolSession {
    /// Migrations that one beginning forgets at the most.
    private static let forgottenPerBeginning: Int64 = 100

    /// - Parameter count: How many that are over are kept.
    func begin(_ migration: MigrationRecord, keeping count: Int) throws(MongoFailure) -> MigrationStart {
        if let present = try queries.migration(of: migration.life) { return .alreadyMoves(present.number) }
        let record = try queries.queues([migration.key])[migration.key]
        guard let record, record.life == migration.life, record.pool.exact == migration.from.exact else {
            return .queueElsewhere
        }
        guard try queries.pool(migration.to) != nil else { return .unknownPool }
        let state = try connection.add(1, to: "last", of: "migrations")
        guard let number = state.integer("last") else { throw unreadable(CatalogSchema.state) }
        try connection.insert(CatalogSchema.migrations, [migration]) { document, migration in
            var migration = migration
            migration.number = number
            migration.hasEnded = false
            migration.version = 1
            migration.write(to: &document)
        }
        try forget((state.integer("ended") ?? 0) - Int64(count))
        return .begun(number)
    }

    /// Forgets so many of those that are over, the first ones.
    private func forget(_ excess: Int64) throws(MongoFailure) {
        guard excess > 0 else { return }
        let found = try queries.find(
            CatalogSchema.migrations, limit: Int(min(excess, Self.forgottenPerBeginning)),
            hint: CatalogSchema.Index.ended, sorted: true
        ) { $0.bool("e", true) }
        let numbers = found.compactMap { $0.integer("_id") }
        try connection.delete(CatalogSchema.migrations) { filter in
            filter.document("_id") { $0.array("$in", numbers) { $0.int64($1, $2) } }
        }
        _ = try connection.add(-numbers.count, to: "ended", of: "migrations")
    }
}
