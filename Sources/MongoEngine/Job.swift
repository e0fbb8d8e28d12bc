internal import StoreThreads
internal import WeirStorage

/// Work that waits for a database thread.
protocol Job<Session>: AnyObject, Sendable {
    associatedtype Session
    /// What the work is about: all work of one key is done in the order in which it came.
    var key: Int64 { get }
    /// Bytes that it will write, roughly.
    var weight: Int { get }
    /// When it came.
    var since: Instant { get }
    /// Does the work; called again after the transaction was undone.
    func run(_ session: Session) throws(MongoFailure)
    /// Makes the answer of what the work found, when all work of the batch is done.
    func conclude(_ session: Session) throws(MongoFailure)
    /// Tells the caller: the answer, or why there is none.
    func finish(_ failure: MongoFailure?)
}

/// Makes the answer of what some work found, after the rest of its batch.
package typealias Conclusion<Session, Value> = (Session) throws -> Value

// Sendable by hand: made by its caller, then used by one database thread alone.
final class PendingJob<Session, Value: Sendable>: Job, @unchecked Sendable {
    typealias Continuation = UnsafeContinuation<Result<Value, StorageError>, Never>

    let key: Int64
    let weight: Int
    let since = Instant.now
    private let work: @Sendable (Session) throws -> Conclusion<Session, Value>
    private let continuation: Continuation
    private var conclusion: Conclusion<Session, Value>?
    private var outcome: Result<Value, StorageError>?

    init(
        _ key: Int64, weight: Int, _ work: @escaping @Sendable (Session) throws -> Conclusion<Session, Value>,
        _ continuation: Continuation
    ) {
        self.key = key
        self.weight = weight
        self.work = work
        self.continuation = continuation
    }

    func run(_ session: Session) throws(MongoFailure) {
        conclusion = nil
        outcome = nil
        try attempt { conclusion = try work(session) }
    }

    func conclude(_ session: Session) throws(MongoFailure) {
        guard let conclusion else { return }
        try attempt { outcome = .success(try conclusion(session)) }
    }

    private func attempt(_ step: () throws -> Void) throws(MongoFailure) {
        do {
            try step()
        } catch let refusal as StorageError {
            outcome = .failure(refusal)
        } catch let failure as MongoFailure {
            throw failure
        } catch {
            outcome = .failure(.unavailable("\(error)"))
        }
    }

    func finish(_ failure: MongoFailure?) {
        if let failure { return continuation.resume(returning: .failure(failure.storageError)) }
        continuation.resume(returning: outcome ?? .failure(.unavailable("the work was not done")))
    }
}
