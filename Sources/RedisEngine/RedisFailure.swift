internal import WeirStorage

/// A connection that cannot be made or used any more: why, for logs, without secrets.
struct RedisFailure: Error, Sendable {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// What an error that Redis answers means to the connection.
enum RedisErrorKind {
    /// It does not know the script, and has not run anything.
    case unknownScript
    /// It is not the master any more, and has done nothing: look for the one that is.
    case notMaster
    /// It cannot do anything now, and has done nothing.
    case unavailable
    /// It may not take this, for want of memory, disk, replicas or permission, and has done nothing.
    case refused
    /// It may have stopped in the middle.
    case other

    init(_ message: String) {
        switch message.prefix(while: { $0 != " " }) {
        case "NOSCRIPT": self = .unknownScript
        case "READONLY", "MASTERDOWN": self = .notMaster
        case "LOADING", "CLUSTERDOWN", "BUSY", "UNKILLABLE", "NOAUTH": self = .unavailable
        case "OOM", "MISCONF", "NOREPLICAS", "NOPERM": self = .refused
        default: self = .other
        }
    }

    /// What the caller is told.
    func storageError(_ message: String, changesStore: Bool) -> StorageError {
        let reason = "Redis answered: \(message)"
        return switch self {
        case .refused: .refused(reason)
        case .other where changesStore: .unknownOutcome(reason)
        default: .unavailable(reason)
        }
    }
}
