package import WeirStorage

/// A command, or some that go out together, and who waits for the answer. Each is answered or failed exactly once.
package protocol RedisExchange: AnyObject, Sendable {
    /// Whether it may change the store: then an answer that never came leaves the outcome unknown.
    var changesStore: Bool { get }
    /// Appends its commands, at least one: when its turn has come, and again if the server turns out not to know the
    /// script that one of them calls. The answer to more than one is an array of their answers. If one of these is an
    /// error, or has one in it as that to a transaction may, the exchange has failed with the first.
    func write(to buffer: inout CommandBuffer)
    func finish(_ reply: RedisReply)
    func fail(_ error: StorageError)
    /// What is to be asked now that this is the answer, in place of `finish`: it goes out at once.
    func next(after reply: RedisReply) -> (any RedisExchange)?
}

extension RedisExchange {
    package func next(after reply: RedisReply) -> (any RedisExchange)? { nil }
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
