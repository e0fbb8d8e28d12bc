internal import RedisEngine
internal import WeirDomain
internal import WeirStorage

/// What one caller posts in one operation.
struct Post: Sendable {
    let messages: [NewMessage]
    /// As stored.
    let client: [UInt8]
    let now: Timestamp
    /// About how many bytes it takes in a command.
    let bytes: Int
    let keepsIDs: Bool

    init(messages: [NewMessage], client: [UInt8], now: Timestamp) {
        self.messages = messages
        self.client = client
        self.now = now
        bytes = messages.reduce(0) { $0 + $1.body.bytes.count + 80 }
        keepsIDs = messages.contains { $0.keptID != nil }
    }

    /// A time before which none of the messages expires. The scripts keep it as part of a number, which leaves it 47
    /// bits: the year 6429.
    var earliest: Int64 {
        let ttl = messages.reduce(Int.max) { min($0, $1.ttl) }
        return max(0, min(now.adding(seconds: ttl).milliseconds, 1 << 47))
    }

    /// Adds the records of the messages to a command.
    func add(to buffer: inout CommandBuffer) {
        for message in messages {
            buffer.add(count: MessageRecord.count(message, client[...])) { bytes in
                MessageRecord.write(message, from: client[...], at: now, to: &bytes)
            }
        }
    }
}

/// Posts to one queue that ride in one call of a script: they are stored as one atomic step.
// Sendable by hand: changed by its desk under the desk's lock until it is closed, then read by one thread.
final class PostBatch: RedisExchange, @unchecked Sendable {
    typealias Continuation = UnsafeContinuation<Result<[MessageID], StorageError>, Never>

    private static let maximumMessages = 1000
    private static let maximumBytes = 4 << 20

    let queue: QueueRef
    let changesStore = true
    private var posts: [(post: Post, continuation: Continuation)] = []
    private var messages = 0
    private var bytes = 0
    private let desk: PostDesk

    init(_ queue: QueueRef, _ desk: PostDesk) {
        self.queue = queue
        self.desk = desk
    }

    /// Whether there is room. Posts that keep ids ask about what is stored, each at its own time: they go alone.
    func takes(_ post: Post) -> Bool {
        guard let first = posts.first?.post else { return true }
        return !post.keepsIDs && !first.keepsIDs && messages + post.messages.count <= Self.maximumMessages
            && bytes + post.bytes <= Self.maximumBytes
    }

    func add(_ post: Post, _ continuation: Continuation) {
        posts.append((post, continuation))
        messages += post.messages.count
        bytes += post.bytes
    }

    // MARK: The exchange

    func write(to buffer: inout CommandBuffer) {
        desk.close(self)
        let keepsIDs = posts.first?.post.keepsIDs ?? false
        let isPlain = !keepsIDs && posts.allSatisfy { $0.post.messages.allSatisfy { $0.delay <= 0 } }
        let script = keepsIDs ? Script.postKept : .post
        let keyCount = isPlain ? QueueKeys.plainPost : QueueKeys.contents
        let keys = QueueKeys(queue.life)
        buffer.begin(script: script.index, keys: keyCount, arguments: (keepsIDs ? 4 : 3) + messages)
        keys.add(keyCount, to: &buffer)
        buffer.add(queue.header)
        buffer.add(queue.life.value)
        buffer.add(posts.reduce(Int64.max) { min($0, $1.post.earliest) })
        if keepsIDs { buffer.add(posts.first?.post.now.milliseconds ?? 0) }
        for (post, _) in posts { post.add(to: &buffer) }
    }

    func finish(_ reply: RedisReply) {
        do throws(StorageError) {
            let reply = try Answer.checked(reply)
            if case .integer(let first) = reply {
                finish(first: first)
            } else {
                try finish(each: try Answer.elements(reply))
            }
        } catch {
            fail(error)
        }
    }

    private func finish(first: Int64) {
        var sequence = first
        for (post, continuation) in posts {
            let ids = post.messages.map { message in
                defer { sequence += 1 }
                return MessageID(sequence: MessageSequence(sequence), nonce: message.nonce)
            }
            continuation.resume(returning: .success(ids))
        }
        desk.left(posts.count)
    }

    /// A batch that keeps ids holds one post.
    private func finish(each sequences: [RedisReply]) throws(StorageError) {
        var given: [Int64] = []
        for sequence in sequences { given.append(try Answer.integer(sequence)) }
        for (post, continuation) in posts {
            let ids = zip(post.messages, given).map { message, sequence in
                message.keptID ?? MessageID(sequence: MessageSequence(sequence), nonce: message.nonce)
            }
            continuation.resume(returning: .success(ids))
        }
        desk.left(posts.count)
    }

    func fail(_ error: StorageError) {
        desk.close(self)
        for (_, continuation) in posts { continuation.resume(returning: .failure(error)) }
        desk.left(posts.count)
    }
}
