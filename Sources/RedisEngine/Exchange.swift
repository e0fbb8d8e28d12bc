internal import Synchronization
package import WeirStorage

/// A command and who waits for its answer. Each is answered or failed exactly once.
package protocol RedisExchange: AnyObject, Sendable {
    /// Whether it may change the store: then an answer that never came leaves the outcome unknown.
    var changesStore: Bool { get }
    /// Appends exactly one command: when its turn has come, and again if the server turns out not to know the
    /// script that it calls.
    func write(to buffer: inout CommandBuffer)
    func finish(_ reply: RedisReply)
    func fail(_ error: StorageError)
}

/// A command that one task waits for.
final class PendingCommand: RedisExchange {
    typealias Continuation = UnsafeContinuation<Result<RedisReply, StorageError>, Never>

    let changesStore: Bool
    private let body: @Sendable (inout CommandBuffer) -> Void
    private let continuation: Continuation

    init(changesStore: Bool, _ body: @escaping @Sendable (inout CommandBuffer) -> Void, _ continuation: Continuation) {
        self.changesStore = changesStore
        self.body = body
        self.continuation = continuation
    }

    func write(to buffer: inout CommandBuffer) {
        body(&buffer)
    }

    func finish(_ reply: RedisReply) {
        continuation.resume(returning: .success(reply))
    }

    func fail(_ error: StorageError) {
        continuation.resume(returning: .failure(error))
    }
}
