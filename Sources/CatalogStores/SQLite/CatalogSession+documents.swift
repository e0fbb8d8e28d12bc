internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

extension CatalogSession {
    func document(_ key: Document.Key, now: Timestamp) throws(SQLiteFailure) -> Document? {
        try documentSQL.find.bind(key).bind(5, now.milliseconds).first { Document(row: $0, key: key) }
    }

    func insert(_ document: Document, now: Timestamp) throws(SQLiteFailure) -> Bool {
        guard try self.document(document.key, now: now) == nil else { return false }
        try documentSQL.put.bind(document.key).bind(5, document.content).bind(6, document.expires?.milliseconds).run()
        return true
    }

    func replace(_ document: Document, now: Timestamp) throws(SQLiteFailure) -> Bool {
        guard try self.document(document.key, now: now)?.version == document.version else { return false }
        try documentSQL.replace.bind(document.key).bind(5, document.content).bind(6, document.expires?.milliseconds)
            .bind(7, document.version + 1).run()
        return true
    }

    func removeDocument(_ key: Document.Key, version: Int64?, now: Timestamp) throws(SQLiteFailure) -> Bool {
        guard let found = try document(key, now: now), version == nil || version == found.version else { return false }
        try documentSQL.remove.bind(key).run()
        return true
    }

    func documents(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, after name: String, limit: Int, now: Timestamp
    ) throws(SQLiteFailure) -> [Document] {
        let start = Document.Key(kind: kind, project: project, owner: owner, name: name)
        return try documentSQL.list.bind(start).bind(5, now.milliseconds).bind(6, limit).rows { row in
            Document(row: row, key: Document.Key(kind: kind, project: project, owner: owner, name: row.text(0)))
        }
    }

    func documentCount(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, limit: Int
    ) throws(SQLiteFailure) -> Int {
        try documentSQL.count.bind(1, kind.rawValue).bind(2, project.value).bind(3, owner).bind(4, limit)
            .first { $0.int(0) } ?? 0
    }

    func hasExpiredDocuments(now: Timestamp) throws(SQLiteFailure) -> Bool {
        try documentSQL.hasExpired.bind(1, now.milliseconds).first { _ in true } ?? false
    }

    /// How many it has removed.
    func collectDocuments(_ limit: Int, now: Timestamp) throws(SQLiteFailure) -> Int {
        try documentSQL.collect.bind(1, now.milliseconds).bind(2, limit).run()
        return connection.changes
    }
}

extension Statement {
    /// The first four parameters.
    fileprivate func bind(_ key: Document.Key) -> Statement {
        bind(1, key.kind.rawValue).bind(2, key.project.value).bind(3, key.owner).bind(4, key.name)
    }
}

extension Document {
    /// Reads name, content, expires, version.
    fileprivate init(row: Statement, key: Key) {
        let expires = row.isNull(2) ? nil : Timestamp(milliseconds: row.integer(2))
        self.init(key: key, content: row.bytes(1), expires: expires, version: row.integer(3))
    }
}
