internal import CSQLite

/// One connection to one database file. Belongs to the thread that uses it.
package final class Connection {
    let handle: OpaquePointer

    /// Opens the file, creating it if it is missing.
    package init(path: String) throws(SQLiteFailure) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(opened)
            throw SQLiteFailure(code: code, message: "\(message): \(path)")
        }
        handle = opened
        sqlite3_busy_timeout(handle, 5000)
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Runs statements that return nothing.
    package func execute(_ sql: String) throws(SQLiteFailure) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Sets a pragma, and makes sure that it took: SQLite ignores what it does not like.
    package func setPragma(_ name: String, to value: String, reads expected: String) throws(SQLiteFailure) {
        try prepare("PRAGMA \(name) = \(value)").run()
        let found = try pragma(name)
        guard found == expected else {
            throw SQLiteFailure(code: SQLITE_ERROR, message: "PRAGMA \(name) reads \(found), not \(expected)")
        }
    }

    package func pragma(_ name: String) throws(SQLiteFailure) -> String {
        let statement = try prepare("PRAGMA \(name)")
        defer { statement.reset() }
        return try statement.step() ? statement.text(0) : ""
    }

    package func prepare(_ sql: String) throws(SQLiteFailure) -> Statement {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw failure(code) }
        return Statement(adopting: prepared, of: self)
    }

    /// Rows changed by the last statement.
    package var changes: Int { Int(sqlite3_changes64(handle)) }

    package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// False between `BEGIN` and `COMMIT` or `ROLLBACK`.
    package var isIdle: Bool { sqlite3_get_autocommit(handle) != 0 }

    func check(_ code: Int32) throws(SQLiteFailure) {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    func failure(_ code: Int32) -> SQLiteFailure {
        SQLiteFailure(code: code, message: String(cString: sqlite3_errmsg(handle)))
    }
}
