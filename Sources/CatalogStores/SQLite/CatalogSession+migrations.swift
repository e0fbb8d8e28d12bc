internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

extension CatalogSession {
    /// Migrations that one beginning forgets at the most.
    private static let forgottenPerBeginning: Int64 = 100

    func begin(_ migration: MigrationRecord) throws -> MigrationStart {
        if let present = try self.migration(of: migration.life) { return .alreadyMoves(present.number) }
        guard let record = try queue(migration.key), record.life == migration.life, record.pool == migration.from else {
            return .queueElsewhere
        }
        guard try poolNumber(migration.to) != nil else { return .unknownPool }
        try sql.addMigration.bind(1, migration.key.project.value).bind(2, migration.key.name.value)
            .bind(3, migration.life.value).bind(4, migration.from).bind(5, migration.to).bind(6, migration.state)
            .bind(7, migration.document).run()
        return .begun(connection.lastInsertedRow)
    }

    /// Forgets the first of those that are over, if there are more than are kept.
    func forgetMigrations(keeping count: Int) throws(SQLiteFailure) {
        let excess = try countEnded(0) - Int64(count)
        guard excess > 0 else { return }
        try sql.forgetMigrations.bind(1, min(excess, Self.forgottenPerBeginning)).run()
        _ = try countEnded(-Int64(connection.changes))
    }

    func replace(_ migration: MigrationRecord, switching route: RouteSwitch?) throws -> Bool {
        guard let old = try self.migration(migration.number), old.version == migration.version,
            migration.hasEnded || !old.hasEnded
        else { return false }
        if let route, try !follow(route, old.key) { return false }
        try sql.replaceMigration.bind(1, migration.number).bind(2, migration.state).bind(3, migration.hasEnded ? 1 : 0)
            .bind(4, migration.document).bind(5, migration.version + 1).run()
        if migration.hasEnded && !old.hasEnded { _ = try countEnded(1) }
        return true
    }

    /// Gives the queue its new route. False if it has not the one that was.
    private func follow(_ route: RouteSwitch, _ key: QueueKey) throws -> Bool {
        guard var record = try queue(key), record.ref == route.old else { return false }
        record.pool = route.pool
        record.epoch = route.epoch
        return try replace(record)
    }

    /// How many are over, after adding this many.
    private func countEnded(_ more: Int64) throws(SQLiteFailure) -> Int64 {
        try sql.countEnded.bind(1, more).first { $0.integer(0) } ?? 0
    }

    // MARK: Reading

    func migration(_ number: Int64) throws -> MigrationRecord? {
        try sql.migration.bind(1, number).first(MigrationRecord.init(row:)) ?? nil
    }

    func migration(of life: QueueLife) throws -> MigrationRecord? {
        try sql.migrationOfLife.bind(1, life.value).first(MigrationRecord.init(row:)) ?? nil
    }

    func migrations(_ filter: MigrationFilter, after number: Int64, limit: Int) throws -> [MigrationRecord] {
        let statement = filter.hasEnded == nil ? sql.migrations : sql.migrationsByEnd
        if let hasEnded = filter.hasEnded { statement.bind(7, hasEnded ? 1 : 0) }
        return try statement.bind(1, number).bind(2, limit).bind(3, filter.state).bind(4, filter.project?.value)
            .bind(5, filter.queue).bind(6, filter.pool).rows(MigrationRecord.init(row:)).compactMap { $0 }
    }

    /// Migrations that are not over and name the pool.
    func countMoves(naming pool: String) throws(SQLiteFailure) -> Int {
        try sql.countMoves.bind(1, pool).first { $0.int(0) } ?? 0
    }
}

extension MigrationRecord {
    /// Reads number, project, name, life, source, target, state, has_ended, document, version. Nil if the rules of
    /// names have changed.
    fileprivate init?(row: Statement) {
        guard let project = ProjectID(stored: row.text(1)), let name = QueueName(row.text(2)) else { return nil }
        self.init(
            number: row.integer(0), key: QueueKey(project: project, name: name), life: QueueLife(row.integer(3)),
            from: row.text(4), to: row.text(5), state: row.text(6), hasEnded: row.int(7) != 0, document: row.bytes(8),
            version: row.integer(9))
    }
}
