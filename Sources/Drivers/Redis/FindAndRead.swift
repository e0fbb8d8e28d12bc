internal import RedisEngine
internal import WeirDomain
internal import WeirStorage

/// Runs a script that says which messages it is about, and then reads these, past the script: what goes through Lua is hashed
/// and copied there.
final class FindAndRead: RedisExchange {
    typealias Continuation = UnsafeContinuation<Result<(RedisReply, FoundMessages?, RedisReply?), StorageError>, Never>

    let changesStore: Bool
    private let keys: QueueKeys
    private let after: MessageSequence
    private let limit: Int
    private let body: @Sendable (inout CommandBuffer) -> Void
    private let continuation: Continuation

    init(
        _ keys: QueueKeys, after: MessageSequence, limit: Int, changesStore: Bool, _ continuation: Continuation,
        _ body: @escaping @Sendable (inout CommandBuffer) -> Void
    ) {
        self.changesStore = changesStore
        self.keys = keys
        self.after = after
        self.limit = limit
        self.body = body
        self.continuation = continuation
    }

    func write(to buffer: inout CommandBuffer) {
        body(&buffer)
    }

    func next(after reply: RedisReply) -> (any RedisExchange)? {
        guard let found = try? FoundMessages(reply, after: after, limit: limit) else { return nil }
        return Reading(reply, found, keys, changedStore: changesStore, continuation)
    }

    func finish(_ reply: RedisReply) {
        continuation.resume(returning: .success((reply, nil, nil)))
    }

    func fail(_ error: StorageError) {
        continuation.resume(returning: .failure(error))
    }

    private final class Reading: RedisExchange {
        let changesStore = false
        private let first: RedisReply
        private let found: FoundMessages
        private let keys: QueueKeys
        private let changedStore: Bool
        private let continuation: Continuation

        init(
            _ first: RedisReply, _ found: FoundMessages, _ keys: QueueKeys, changedStore: Bool,
            _ continuation: Continuation
        ) {
            self.first = first
            self.found = found
            self.keys = keys
            self.changedStore = changedStore
            self.continuation = continuation
        }

        func write(to buffer: inout CommandBuffer) {
            found.addRead(of: keys, to: &buffer)
        }

        func finish(_ reply: RedisReply) {
            continuation.resume(returning: .success((first, found, reply)))
        }

        /// What the script did is done: the caller must not think that nothing was.
        func fail(_ error: StorageError) {
            let reason = "its second step failed: \(error)"
            continuation.resume(returning: .failure(changedStore ? .unknownOutcome(reason) : error))
        }
    }
}
