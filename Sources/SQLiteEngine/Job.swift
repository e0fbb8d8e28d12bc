internal import WeirStorage

/// Work that waits for a database thread.
protocol Job<Session>: AnyObject, Sendable {
    associatedtype Session
    /// Does the work; called again after a rollback.
    func run(_ session: Session) throws(SQLiteFailure)
    /// Tells the caller: the outcome of the last run, or that the transaction failed.
    func finish(_ failure: SQLiteFailure?)
}

// Sendable by hand: made by its caller, then used by one database thread alone.
final class PendingJob<Session, Value: Sendable>: Job, @unchecked Sendable {
    typealias Continuation = UnsafeContinuation<Result<Value, StorageError>, Never>

    private let work: @Sendable (Session) throws -> Value
    private let continuation: Continuation
    private var outcome: Result<Value, StorageError>?

    init(_ work: @escaping @Sendable (Session) throws -> Value, _ continuation: Continuation) {
        self.work = work
        self.continuation = continuation
    }

    func run(_ session: Session) throws(SQLiteFailure) {
        do {
            outcome = .success(try work(session))
        } catch let refusal as StorageError {
            outcome = .failure(refusal)
        } catch let failure as SQLiteFailure {
            throw failure
        } catch {
            outcome = .failure(.unavailable("\(error)"))
        }
    }

    func finish(_ failure: SQLiteFailure?) {
        if let failure {
            continuation.resume(returning: .failure(failure.storageError))
        } else {
            continuation.resume(returning: outcome ?? .failure(.unavailable("the work was not done")))
        }
    }
}
