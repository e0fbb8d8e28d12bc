/// SQLite said no: its result code and its own words, for logs.
package struct SQLiteFailure: Error, Hashable, Sendable {
    /// The extended result code (https://www.sqlite.org/rescode.html).
    package let code: Int32
    package let message: String

    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }
}
