internal import CSQLite
package import WeirStorage

/// SQLite said no: its result code and its own words, for logs.
package struct SQLiteFailure: Error, Hashable, Sendable {
    /// The extended result code (https://www.sqlite.org/rescode.html).
    package let code: Int32
    package let message: String

    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// What the file holds is not what was written.
    package init(corrupt message: String) {
        self.init(code: SQLITE_CORRUPT, message: message)
    }

    /// Another program has the file, and kept it for as long as is waited.
    var isBusy: Bool { code & 0xFF == SQLITE_BUSY }

    /// What the callers of the work are told. A store that is full or read-only is there: it is `refused`.
    package var storageError: StorageError {
        let reason = "SQLite \(code): \(message)"
        return switch code & 0xFF {
        case SQLITE_FULL, SQLITE_READONLY, SQLITE_TOOBIG: .refused(reason)
        default: .unavailable(reason)
        }
    }
}
