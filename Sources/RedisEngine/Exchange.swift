internal import Synchronization
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

/// A command whose answer says what to ask next. One task waits for both answers, and is woken once.
final class PendingPair: RedisExchange {
    typealias Answers = (first: RedisReply, second: RedisReply?)
    typealias Continuation = UnsafeContinuation<Result<Answers, StorageError>, Never>
    typealias Body = @Sendable (inout CommandBuffer) -> Void

    let changesStore: Bool
    private let body: Body
    private let second: @Sendable (RedisReply) -> Body?
    private let continuation: Continuation

    init(
        changesStore: Bool, _ body: @escaping Body, then second: @escaping @Sendable (RedisReply) -> Body?,
        _ continuation: Continuation
    ) {
        self.changesStore = changesStore
        self.body = body
        self.second = second
        self.continuation = continuation
    }

    func write(to buffer: inout CommandBuffer) {
        body(&buffer)
    }

    func next(after reply: RedisReply) -> (any RedisExchange)? {
        second(reply).map { Second(first: reply, changedStore: changesStore, body: $0, continuation: continuation) }
    }

    func finish(_ reply: RedisReply) {
        continuation.resume(returning: .success((reply, nil)))
    }

    func fail(_ error: StorageError) {
        continuation.resume(returning: .failure(error))
    }

    private final class Second: RedisExchange {
        let changesStore = false
        private let first: RedisReply
        private let changedStore: Bool
        private let body: Body
        private let continuation: Continuation

        init(first: RedisReply, changedStore: Bool, body: @escaping Body, continuation: Continuation) {
            self.first = first
            self.changedStore = changedStore
            self.body = body
            self.continuation = continuation
        }

        func write(to buffer: inout CommandBuffer) {
            body(&buffer)
        }

        func finish(_ reply: RedisReply) {
            continuation.resume(returning: .success((first, reply)))
        }

        /// What the first command did is done: the caller must not think that nothing was.
        func fail(_ error: StorageError) {
            let reason = "its second step failed: \(error)"
            continuation.resume(returning: .failure(changedStore ? .unknownOutcome(reason) : error))
        }
    }
}
