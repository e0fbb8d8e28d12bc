internal import CMongoc
package import WeirStorage

/// MongoDB said no, or nothing at all.
package struct MongoFailure: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Somebody else was there first. Nothing happened; another attempt may succeed at once.
        case conflict
        /// No primary took it. Of a transaction that was not yet to be committed nothing happened.
        case unreachable
        /// It may have happened.
        case unknown
        /// The server refused it, and will again. Nothing happened.
        case refused
    }

    package let kind: Kind
    /// The server's number for it, or the client library's.
    package let code: Int32
    /// In the words of whoever said no, for logs: it may name hosts, but no secrets.
    package let reason: String

    package init(_ kind: Kind, code: Int32 = 0, _ reason: String) {
        self.kind = kind
        self.code = code
        self.reason = reason
    }

    /// What the callers of the work are told.
    package var storageError: StorageError {
        switch kind {
        case .conflict: .busy
        case .unreachable: .unavailable(text)
        case .unknown: .unknownOutcome(text)
        case .refused: .refused(text)
        }
    }

    private var text: String { "MongoDB \(code): \(reason)" }
}

extension MongoFailure {
    /// Numbers of https://github.com/mongodb/mongo/blob/v6.0/src/mongo/base/error_codes.yml
    private enum Code {
        static let lockTimeout: Int32 = 24
        static let writeConflict: Int32 = 112
        static let noSuchTransaction: Int32 = 251
        static let duplicateKey: Int32 = 11_000
        /// The server is no primary, or ceases to be one, or is shutting down.
        static let noPrimary: Set<Int32> = [91, 189, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436]
    }

    /// What `failure` means for a command. A command that is lost on its way is `unreachable`: in a transaction, or
    /// when it only reads, nothing has happened.
    init(_ failure: weir_mongo_failure) {
        var failure = failure
        let reason = withUnsafePointer(to: &failure) { String(cString: weir_mongo_message($0)) }
        self.init(Self.kind(of: failure), code: Int32(truncatingIfNeeded: failure.code), reason)
    }

    private static func kind(of failure: weir_mongo_failure) -> Kind {
        let code = Int32(truncatingIfNeeded: failure.code)
        switch failure.domain {
        case MONGOC_ERROR_SERVER_SELECTION.rawValue, MONGOC_ERROR_STREAM.rawValue, MONGOC_ERROR_PROTOCOL.rawValue:
            return .unreachable
        default: break
        }
        if Code.noPrimary.contains(code) { return .unreachable }
        return failure.is_transient || isConflict(code) ? .conflict : .refused
    }

    /// A failure that a reply names inside itself, as write commands do for single documents.
    init(writeError error: BSONDocument) {
        let code = Int32(truncatingIfNeeded: error.integer("code") ?? 0)
        self.init(Self.isConflict(code) ? .conflict : .refused, code: code, error.string("errmsg") ?? "")
    }

    /// The write was done, but not by as many servers as it should have been.
    init(writeConcernError error: BSONDocument) {
        let code = Int32(truncatingIfNeeded: error.integer("code") ?? 0)
        self.init(.unknown, code: code, error.string("errmsg") ?? "")
    }

    private static func isConflict(_ code: Int32) -> Bool {
        // A duplicate key comes of two who wrote at once: each goes by what the other had not stored yet.
        [Code.lockTimeout, Code.writeConflict, Code.noSuchTransaction, Code.duplicateKey].contains(code)
    }
}
