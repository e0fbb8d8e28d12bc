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
        switch Self.word(of: message) {
        case "NOSCRIPT": self = .unknownScript
        case "READONLY", "MASTERDOWN": self = .notMaster
        case "LOADING", "CLUSTERDOWN", "BUSY", "UNKILLABLE", "NOAUTH": self = .unavailable
        case "OOM", "MISCONF", "NOREPLICAS", "NOPERM", "EXECABORT": self = .refused
        default: self = .other
        }
    }

    /// The word that names an error. Until version 7, one that a command in a script met stands at the end of what is said of
    /// the script; these come before the script's first change.
    private static func word(of message: String) -> Substring {
        let first = message.prefix { $0 != " " }
        guard first == "ERR", let end = message.ranges(of: ": -").last?.upperBound else { return first }
        let word = message[end...].prefix { $0 != " " }
        return ["OOM", "MISCONF", "READONLY"].contains(word) ? word : first
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
