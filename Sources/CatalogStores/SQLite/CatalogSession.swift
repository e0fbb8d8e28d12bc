internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

/// The work on one connection to a catalog file; each method is one step of a transaction.
final class CatalogSession: DatabaseSession {
    let connection: Connection
    let sql: CatalogStatements
    let documentSQL: DocumentStatements

    init(_ connection: Connection) throws(SQLiteFailure) {
        self.connection = connection
        sql = try CatalogStatements(connection)
        documentSQL = try DocumentStatements(connection)
    }

    func willCommit() {}

    func rolledBack() {}

    // MARK: Queues

    func queue(_ key: QueueKey) throws -> QueueRecord? {
        try sql.queue.bind(1, key.project.value).bind(2, key.name.value).first { QueueRecord(row: $0, key: key) }
    }

    func insert(_ record: QueueRecord) throws -> QueueInsertion {
        if let present = try queue(record.key) { return .exists(present) }
        guard let pool = try sql.openPool.bind(1, record.pool).first({ $0.integer(0) }) else { return .poolClosed }
        try sql.addLife.bind(1, record.life.value).run()
        guard connection.changes == 1 else { return .lifeTaken }
        try sql.insertQueue.bind(1, projectNumberOrNew(record.key.project)).bind(2, record.key.name.value)
            .bind(3, record.life.value).bind(4, record.epoch.value).bind(5, pool).bind(6, record.metadata)
            .bind(7, record.version).run()
        try sql.countQueue.bind(1, pool).bind(2, 1).run()
        return .inserted
    }

    func replace(_ record: QueueRecord) throws -> Bool {
        guard let old = try queue(record.key), old.life == record.life, old.version == record.version,
            let from = try poolNumber(old.pool), let to = try poolNumber(record.pool),
            let project = try projectNumber(record.key.project)
        else { return false }
        try sql.replaceQueue.bind(1, project).bind(2, record.key.name.value)
            .bind(3, record.epoch.value).bind(4, to).bind(5, record.metadata).bind(6, record.version + 1).run()
        if from != to {
            try sql.countQueue.bind(1, from).bind(2, -1).run()
            try sql.countQueue.bind(1, to).bind(2, 1).run()
        }
        try noteChange(of: record.key)
        return true
    }

    func remove(_ key: QueueKey) throws -> QueueRecord? {
        guard let record = try queue(key), let pool = try poolNumber(record.pool),
            let project = try projectNumber(key.project)
        else { return nil }
        try sql.deleteQueue.bind(1, project).bind(2, key.name.value).run()
        try sql.deleteLife.bind(1, record.life.value).run()
        try sql.deleteEmptyProject.bind(1, project).run()
        try sql.countQueue.bind(1, pool).bind(2, -1).run()
        try sql.addRetirement.bind(1, record.life.value).bind(2, record.epoch.value).bind(3, record.pool).run()
        try noteChange(of: key)
        return record
    }

    func retirements(after life: QueueLife, limit: Int) throws -> [Retirement] {
        try sql.retirements.bind(1, life.value).bind(2, limit).rows { row in
            Retirement(
                ref: QueueRef(life: QueueLife(row.integer(0)), epoch: Epoch(row.integer(1))), pool: row.text(2))
        }
    }

    func retired(_ life: QueueLife) throws {
        try sql.deleteRetirement.bind(1, life.value).run()
    }

    func queues(of project: ProjectID, after name: String, limit: Int) throws -> [QueueRecord] {
        try sql.queues.bind(1, project.value).bind(2, name).bind(3, limit).rows { row in
            QueueName(row.text(5)).flatMap { QueueRecord(row: row, key: QueueKey(project: project, name: $0)) }
        }.compactMap { $0 }
    }

    func projects(after name: String, limit: Int) throws -> [ProjectID] {
        try sql.projects.bind(1, name).bind(2, limit).rows { ProjectID(stored: $0.text(0)) }.compactMap { $0 }
    }

    func queueCount(of project: ProjectID) throws -> Int {
        guard let number = try projectNumber(project) else { return 0 }
        return try sql.queueCount.bind(1, number).first { $0.int(0) } ?? 0
    }

    func existing(_ lives: [QueueLife]) throws -> Set<QueueLife> {
        var found: Set<QueueLife> = []
        for life in lives where try sql.life.bind(1, life.value).first({ _ in true }) == true { found.insert(life) }
        return found
    }

    private func projectNumber(_ project: ProjectID) throws(SQLiteFailure) -> Int64? {
        try sql.project.bind(1, project.value).first { $0.integer(0) }
    }

    private func projectNumberOrNew(_ project: ProjectID) throws(SQLiteFailure) -> Int64 {
        if let known = try projectNumber(project) { return known }
        try sql.addProject.bind(1, project.value).run()
        return connection.lastInsertedRow
    }

    func poolNumber(_ name: String) throws(SQLiteFailure) -> Int64? {
        try sql.poolNumber.bind(1, name).first { $0.integer(0) }
    }

    // MARK: Versions

    func nextVersion() throws(SQLiteFailure) -> Int64 {
        try sql.nextVersion.first { $0.integer(0) } ?? 0
    }

    func isNew() throws -> Bool {
        try sql.hadPools.first { _ in false } ?? true
    }
}

extension QueueRecord {
    /// Reads life, epoch, pool, metadata, version.
    init(row: Statement, key: QueueKey) {
        self.init(
            key: key, life: QueueLife(row.integer(0)), epoch: Epoch(row.integer(1)), pool: row.text(2),
            metadata: row.bytes(3), version: row.integer(4))
    }
}
