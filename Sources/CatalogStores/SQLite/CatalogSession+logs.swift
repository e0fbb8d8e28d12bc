internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

extension CatalogSession {
    // MARK: The audit log

    func note(_ entry: AuditEntry?) throws(SQLiteFailure) {
        guard let entry else { return }
        try sql.addAudit.bind(1, entry.at.milliseconds).bind(2, entry.actor).bind(3, entry.action)
            .bind(4, entry.subject).bind(5, entry.before).bind(6, entry.after).run()
    }

    func audit(after number: Int64, limit: Int) throws(SQLiteFailure) -> [AuditEntry] {
        try sql.audit.bind(1, number).bind(2, limit).rows { row in
            AuditEntry(
                number: row.integer(0), at: Timestamp(milliseconds: row.integer(1)), actor: row.text(2),
                action: row.text(3), subject: row.text(4), before: row.bytes(5), after: row.bytes(6))
        }
    }

    // MARK: The log of changes

    func noteChange(of key: QueueKey) throws(SQLiteFailure) {
        try sql.addChange.bind(1, key.project.value).bind(2, key.name.value).run()
        try sql.forgetChanges.bind(1, connection.lastInsertedRow - Int64(Limits.rememberedChanges)).run()
    }

    func changes(after number: Int64?, limit: Int) throws(SQLiteFailure) -> RecordChanges {
        let ends = try sql.changeEnds.first { (first: $0.integer(0), last: $0.integer(1)) } ?? (first: 0, last: 0)
        guard let number else { return RecordChanges(keys: [], last: ends.last, hasGap: false) }
        guard number < ends.last else { return RecordChanges(keys: [], last: number, hasGap: false) }
        guard ends.first <= number + 1 else { return RecordChanges(keys: [], last: ends.last, hasGap: true) }
        let found = try sql.changes.bind(1, number).bind(2, limit).rows { row in
            (number: row.integer(0), project: ProjectID(stored: row.text(1)), name: QueueName(row.text(2)))
        }
        let keys = found.compactMap { found in
            found.project.flatMap { project in found.name.map { QueueKey(project: project, name: $0) } }
        }
        return RecordChanges(keys: keys, last: found.last?.number ?? number, hasGap: false)
    }
}
