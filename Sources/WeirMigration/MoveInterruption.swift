internal import WeirStorage

/// Why a step of a move did not come to its end.
enum MoveInterruption: Error {
    /// Another worker has it, or it is over.
    case lost
    /// The record was changed meanwhile, and is ours still: go on from where it stands now.
    case superseded
    /// A pool, or the catalog if none is named, did not do what it was asked.
    case storage(StorageError, pool: String?)
    /// The queue was deleted.
    case queueGone
    /// The copies differ where they must not: the move cannot succeed.
    case mismatch(String)
    /// A cutover takes too long, or its counts differ: it is to be tried again.
    case cutoverFailed(String)
    /// The node is stopping.
    case stopping
}

extension MoveInterruption {
    /// In words, for the operator. The reason of a store may name hosts and files; they are the operator's own.
    var reason: String {
        switch self {
        case .lost: "another node has taken over"
        case .superseded: "the migration was changed meanwhile"
        case .storage(let error, let pool?): "pool \(pool): \(error.reason)"
        case .storage(let error, nil): "catalog: \(error.reason)"
        case .queueGone: "the queue was deleted"
        case .mismatch(let reason), .cutoverFailed(let reason): reason
        case .stopping: "the node is stopping"
        }
    }
}
