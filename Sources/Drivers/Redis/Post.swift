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
    /// Whether its messages may be stored with others in parcels.
    let fitsParcels: Bool

    init(messages: [NewMessage], client: [UInt8], now: Timestamp) {
        self.messages = messages
        self.client = client
        self.now = now
        bytes = messages.reduce(0) { $0 + $1.body.bytes.count + 80 }
        keepsIDs = messages.contains { $0.keptID != nil }
        fitsParcels =
            !keepsIDs && client.count <= Parcel.longestClient
            && messages.allSatisfy { $0.delay <= 0 && $0.body.bytes.count <= Parcel.longestBodies }
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
    /// What the first parcel is called, the others after it. The same if the batch has to be sent again: so nothing is left
    /// of the first time. Drawn when there are parcels: it takes a call of the system.
    private lazy var firstName = UInt64.random(in: .min ... .max)

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
        let parcels = parcels()
        if parcels.isEmpty {
            writeRecords(to: &buffer)
        } else {
            write(parcels, to: &buffer)
        }
    }

    /// All messages in parcels; none if that would not be worth it.
    private func parcels() -> [NewParcel] {
        guard messages > 1, posts.allSatisfy(\.post.fitsParcels) else { return [] }
        var parcels: [NewParcel] = []
        for (post, _) in posts {
            var rest = post.messages[...]
            while !rest.isEmpty {
                let run = Parcel.first(of: rest)
                parcels.append(
                    NewParcel(
                        name: firstName &+ UInt64(parcels.count), messages: run, client: post.client, created: post.now))
                rest = rest.dropFirst(run.count)
            }
        }
        return messages >= 2 * parcels.count ? parcels : []
    }

    private func writeRecords(to buffer: inout CommandBuffer) {
        let keepsIDs = posts.first?.post.keepsIDs ?? false
        begin(keepsIDs ? .postKept : .post, arguments: (keepsIDs ? 1 : 0) + messages, in: &buffer)
        if keepsIDs { buffer.add(posts.first?.post.now.milliseconds ?? 0) }
        for (post, _) in posts { post.add(to: &buffer) }
    }

    /// The bodies go past the script, which would hash and copy them; so both go as one transaction.
    private func write(_ parcels: [NewParcel], to buffer: inout CommandBuffer) {
        buffer.begin(1)
        buffer.add("MULTI")
        QueueKeys(queue.life).beginStore(ofParcels: parcels.count, to: &buffer)
        for parcel in parcels { parcel.addBodies(to: &buffer) }
        begin(.postParcels, arguments: parcels.count, in: &buffer)
        for parcel in parcels { parcel.add(to: &buffer) }
        buffer.begin(1)
        buffer.add("EXEC")
    }

    /// Begins the call of a script that stores messages, up to its own `arguments` arguments.
    private func begin(_ script: Script, arguments: Int, in buffer: inout CommandBuffer) {
        buffer.begin(script: script.index, keys: 1, arguments: 3 + arguments)
        buffer.add(QueueKeys(queue.life).beginning)
        buffer.add(queue.header)
        buffer.add(queue.life.value)
        buffer.add(posts.reduce(Int64.max) { min($0, $1.post.earliest) })
    }

    /// What the script answered.
    private func result(_ reply: RedisReply) throws(StorageError) -> RedisReply {
        guard case .array(let answers) = reply, answers.count == 4, case .array(let results) = answers[3] else {
            return reply
        }
        guard let result = results.last else { throw Answer.strange }
        return result
    }

    func finish(_ reply: RedisReply) {
        do throws(StorageError) {
            let reply = try Answer.checked(try result(reply))
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
