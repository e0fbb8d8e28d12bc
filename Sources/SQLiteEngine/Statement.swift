internal import CSQLite

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite.
package final class Statement {
    private let handle: OpaquePointer
    private let connection: Connection

    init(adopting handle: OpaquePointer, of connection: Connection) {
        self.handle = handle
        self.connection = connection
    }

    deinit {
        sqlite3_finalize(handle)
    }

    // MARK: Running

    /// True if there is a row. A failed step resets the statement.
    package func step() throws(SQLiteFailure) -> Bool {
        let code = sqlite3_step(handle)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let failure = connection.failure(code)
            reset()
            throw failure
        }
    }

    package func reset() {
        sqlite3_reset(handle)
    }

    /// Runs to the end, ignoring rows, and is ready to be run again.
    package func run() throws(SQLiteFailure) {
        while try step() {}
        reset()
    }

    /// Runs to the end and makes one value of each row.
    package func rows<Row>(_ make: (Statement) throws(SQLiteFailure) -> Row) throws(SQLiteFailure) -> [Row] {
        defer { reset() }
        var found: [Row] = []
        while try step() { found.append(try make(self)) }
        return found
    }

    /// The value made of the first row, if there is one.
    package func first<Row>(_ make: (Statement) throws(SQLiteFailure) -> Row) throws(SQLiteFailure) -> Row? {
        defer { reset() }
        return try step() ? try make(self) : nil
    }

    // MARK: Parameters

    @discardableResult
    package func bind(_ index: Int32, _ value: Int64) -> Statement {
        sqlite3_bind_int64(handle, index, value)
        return self
    }

    @discardableResult
    package func bind(_ index: Int32, _ value: Int) -> Statement {
        bind(index, Int64(value))
    }

    @discardableResult
    package func bind(_ index: Int32, _ value: Int64?) -> Statement {
        guard let value else { return bindNull(index) }
        return bind(index, value)
    }

    @discardableResult
    package func bind(_ index: Int32, _ value: String) -> Statement {
        var value = value
        _ = value.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                weir_bind_text(handle, index, $0.baseAddress, Int32($0.count))
            }
        }
        return self
    }

    @discardableResult
    package func bind(_ index: Int32, _ value: String?) -> Statement {
        guard let value else { return bindNull(index) }
        return bind(index, value)
    }

    @discardableResult
    package func bind(_ index: Int32, _ bytes: [UInt8]) -> Statement {
        _ = bytes.withUnsafeBytes { weir_bind_bytes(handle, index, $0.baseAddress, Int32($0.count)) }
        return self
    }

    /// A 128-bit number as 16 bytes, the high half first.
    @discardableResult
    package func bind(_ index: Int32, high: UInt64, low: UInt64) -> Statement {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) {
            _ = weir_bind_bytes(handle, index, $0.baseAddress, 16)
        }
        return self
    }

    @discardableResult
    package func bindNull(_ index: Int32) -> Statement {
        sqlite3_bind_null(handle, index)
        return self
    }

    // MARK: Columns

    package func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    package func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    package func int(_ column: Int32) -> Int {
        Int(integer(column))
    }

    package func text(_ column: Int32) -> String {
        guard let text = sqlite3_column_text(handle, column) else { return "" }
        let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    package func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    /// Some of the bytes; nil if there are not as many.
    package func bytes(_ column: Int32, _ range: Range<Int>) -> [UInt8]? {
        guard !range.isEmpty else { return [] }
        guard let start = sqlite3_column_blob(handle, column), range.lowerBound >= 0,
            range.upperBound <= Int(sqlite3_column_bytes(handle, column))
        else { return nil }
        return Array(UnsafeRawBufferPointer(start: start + range.lowerBound, count: range.count))
    }

    /// What `bind(_:high:low:)` stored; nil if the column is null.
    package func bits128(_ column: Int32) -> (high: UInt64, low: UInt64)? {
        guard let start = sqlite3_column_blob(handle, column), sqlite3_column_bytes(handle, column) == 16 else {
            return nil
        }
        let high = start.loadUnaligned(as: UInt64.self)
        let low = start.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        return (UInt64(bigEndian: high), UInt64(bigEndian: low))
    }
}
