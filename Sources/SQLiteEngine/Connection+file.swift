internal import CSQLite

extension Connection {
    /// Makes sure that the file can be written to, is empty or ours, and of a version that this build knows. It comes before
    /// everything else, and changes nothing: the file may be another program's.
    package func inspectFile(applicationID: Int, version: Int) throws(SQLiteFailure) {
        // SQLite opens what may not be written to for reading alone, and says nothing.
        guard sqlite3_db_readonly(handle, "main") == 0 else {
            let path = sqlite3_db_filename(handle, "main").map { String(cString: $0) } ?? ""
            throw SQLiteFailure(code: SQLITE_READONLY, message: "the file cannot be written to: \(path)")
        }
        _ = try versionOfFile(applicationID, version)
    }

    /// Has `migrate` bring the file from the version found (0 for a new file) to `version`, all in one transaction.
    package func prepareFile(
        applicationID: Int, version: Int, migrate: (Connection, Int) throws(SQLiteFailure) -> Void
    ) throws(SQLiteFailure) {
        try execute("BEGIN IMMEDIATE")
        do throws(SQLiteFailure) {
            try migrateFile(applicationID, version, migrate)
            try execute("COMMIT")
        } catch {
            try? execute("ROLLBACK")
            throw error
        }
    }

    private func migrateFile(
        _ applicationID: Int, _ version: Int, _ migrate: (Connection, Int) throws(SQLiteFailure) -> Void
    ) throws(SQLiteFailure) {
        let found = try versionOfFile(applicationID, version)
        guard found < version else { return }
        try migrate(self, found)
        try execute("PRAGMA application_id = \(applicationID)")
        try execute("PRAGMA user_version = \(version)")
    }

    private func versionOfFile(_ applicationID: Int, _ version: Int) throws(SQLiteFailure) -> Int {
        let owner = Int(try pragma("application_id")) ?? 0
        let found = Int(try pragma("user_version")) ?? 0
        let isEmpty = try prepare("SELECT count(*) FROM sqlite_master").first { $0.int(0) == 0 } ?? false
        guard owner == applicationID || owner == 0 && isEmpty else {
            throw SQLiteFailure(code: SQLITE_NOTADB, message: "the file belongs to another program")
        }
        guard found <= version else {
            throw SQLiteFailure(
                code: SQLITE_NOTADB,
                message: "the file has format \(found), this build knows formats up to \(version)")
        }
        return found
    }

    /// Write-ahead logging, and a commit that waits for the disk to the level of `synchronous`.
    /// The log is folded back in every `checkpoint` pages of 4 KiB.
    package func useWriteAheadLog(
        synchronous: SynchronousLevel, checkpointPages: Int, cacheKiB: Int
    ) throws(SQLiteFailure) {
        try setPragma("journal_mode", to: "wal", reads: "wal")
        try setPragma("synchronous", to: synchronous.rawValue, reads: String(synchronous.number))
        try setPragma("wal_autocheckpoint", to: String(checkpointPages), reads: String(checkpointPages))
        try setPragma("cache_size", to: String(-cacheKiB), reads: String(-cacheKiB))
    }
}

/// When a commit waits for the disk (https://www.sqlite.org/pragma.html#pragma_synchronous).
package enum SynchronousLevel: String, Sendable, CaseIterable {
    /// At checkpoints only: a crash of the machine may lose the last commits.
    case normal
    /// At each commit.
    case full
    /// At each commit, and for the directory too.
    case extra

    package var number: Int {
        switch self {
        case .normal: 1
        case .full: 2
        case .extra: 3
        }
    }
}
