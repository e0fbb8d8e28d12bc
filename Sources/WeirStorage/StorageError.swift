/// Why a pool did not do what it was asked. In every case but `unknownOutcome` it did nothing.
package enum StorageError: Error, Hashable, Sendable {
    /// The pool does not hold this life of the queue: never opened here, or retired long ago.
    case queueNotOpen
    /// The pool serves the queue under another epoch than the caller believes, or no longer.
    case staleRoute
    /// The queue is changing its pool at this moment: the operation waits, or is tried again, by its route.
    case fenced
    /// Too many operations wait for this pool already.
    case busy
    /// The store is there and will not: it is full, or may not be written to. The reason is for logs.
    case refused(String)
    /// The store cannot be reached or does not work. The reason is for logs: it may name hosts and files.
    case unavailable(String)
    /// The store is known to be away, and was not asked: whoever found out has said so in the log.
    case cutOff(String)
    /// The connection broke while the operation was on its way: it may have happened.
    case unknownOutcome(String)
}

extension StorageError: CustomStringConvertible {
    /// The reason: what a log line shows of an error is read by people.
    package var description: String { reason }

    /// Whether the log has a line about it already.
    package var isReported: Bool {
        if case .cutOff = self { true } else { false }
    }

    /// In words, for a sentence that an operator reads.
    package var reason: String {
        switch self {
        case .unavailable(let reason), .cutOff(let reason), .refused(let reason), .unknownOutcome(let reason): reason
        case .busy: "it is busy"
        case .fenced: "the queue is changing its pool"
        case .queueNotOpen, .staleRoute: "it answers what was not asked"
        }
    }
}
