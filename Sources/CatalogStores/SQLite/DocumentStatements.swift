internal import SQLiteEngine

/// The prepared statements about documents of one connection to a catalog file.
final class DocumentStatements {
    let find: Statement
    let list: Statement
    let count: Statement
    let put: Statement
    let replace: Statement
    let remove: Statement
    let hasExpired: Statement
    let collect: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        func prepare(_ text: String) throws(SQLiteFailure) -> Statement {
            try connection.prepare(text)
        }

        let key = "kind = ?1 AND project = ?2 AND owner = ?3 AND name = ?4"
        find = try prepare(
            """
            SELECT name, content, expires, version FROM documents WHERE \(key) AND (expires IS NULL OR expires > ?5)
            """)
        list = try prepare(
            """
            SELECT name, content, expires, version FROM documents
            WHERE kind = ?1 AND project = ?2 AND owner = ?3 AND name > ?4 AND (expires IS NULL OR expires > ?5)
            ORDER BY name LIMIT ?6
            """)
        count = try prepare(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM documents WHERE kind = ?1 AND project = ?2 AND owner = ?3 LIMIT ?4)
            """)
        put = try prepare(
            """
            INSERT INTO documents(kind, project, owner, name, content, expires, version)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
            ON CONFLICT(kind, project, owner, name) DO UPDATE SET content = ?5, expires = ?6, version = 1
            """)
        replace = try prepare("UPDATE documents SET content = ?5, expires = ?6, version = ?7 WHERE \(key)")
        remove = try prepare("DELETE FROM documents WHERE \(key)")
        hasExpired = try prepare("SELECT 1 FROM documents WHERE expires <= ?1 LIMIT 1")
        collect = try prepare(
            """
            DELETE FROM documents WHERE number IN (SELECT number FROM documents WHERE expires <= ?1 LIMIT ?2)
            """)
    }
}
