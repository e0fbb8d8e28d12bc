internal import RedisEngine
package import WeirDomain
package import WeirStorage

/// A pool in a Redis: each operation is one Lua script, or one transaction of a script and what need not go through it. All
/// operations on a queue use the same connection, and posts to a queue that wait for it together ride in one call.
///
/// Some operations take several steps, each atomic. A listing of more than a hundred messages, or one that has to pass
/// over more than a thousand, sees what changed meanwhile behind the point it has reached. Listings and claims read the
/// records, which never change, behind their script. And where much has ended or expired since the last visit, that is
/// cleared up in steps before.
package final class RedisDriver: PoolDriver {
    let connections: [RedisConnection]
    let inspector: ServerInspector
    private let posts: [PostDesk]

    init(_ connections: [RedisConnection], _ endpoint: RedisEndpoint) {
        self.connections = connections
        inspector = ServerInspector(connections[0], endpoint)
        posts = connections.map { PostDesk($0, capacity: Limits.pendingOperationsPerPool) }
    }

    // MARK: Asking

    private func place(of life: QueueLife) -> Int {
        // Lives are random in their low bits and not in their high ones.
        Int(UInt64(bitPattern: life.value) % UInt64(connections.count))
    }

    /// Runs a script on a queue.
    /// - Parameter write: Appends its arguments after the header, `arguments` words.
    func run(
        _ script: Script, on queue: QueueRef, arguments: Int, changes: Bool = true,
        _ write: @escaping @Sendable (inout CommandBuffer) -> Void
    ) async throws(StorageError) -> RedisReply {
        try await run(script, on: queue.life, arguments: arguments + 1, changes: changes) { buffer in
            buffer.add(queue.header)
            write(&buffer)
        }
    }

    /// Runs a script on what the pool holds of a life.
    /// - Parameter write: Appends its arguments, `arguments` words.
    func run(
        _ script: Script, on life: QueueLife, arguments: Int, changes: Bool = true,
        _ write: @escaping @Sendable (inout CommandBuffer) -> Void
    ) async throws(StorageError) -> RedisReply {
        let keys = QueueKeys(life)
        let reply = try await connections[place(of: life)].ask(changesStore: changes) { buffer in
            buffer.begin(script: script.index, keys: 1, arguments: arguments)
            buffer.add(keys.beginning)
            write(&buffer)
        }
        return try Answer.checked(reply)
    }

    /// Runs a script until it says that nothing is due before its work.
    func runSettled(
        _ script: Script, on queue: QueueRef, now: Timestamp, arguments: Int, changes: Bool = true,
        _ write: @escaping @Sendable (inout CommandBuffer) -> Void
    ) async throws(StorageError) -> RedisReply {
        while true {
            let reply = try await run(script, on: queue, arguments: arguments, changes: changes, write)
            guard reply == Answer.again else { return reply }
            try await settle(queue.life, now: now)
        }
    }

    /// Ends what has ended, or some of it: a millisecond or so.
    func settle(_ life: QueueLife, now: Timestamp) async throws(StorageError) {
        _ = try await clearUp(QueueKeys(life).life, budget: 1000, now: now)
    }

    /// Runs a script that says which messages it is about, until nothing is due before its work, and reads these behind it.
    ///
    /// What is read never changes and its sequence is never given out again, so what is there is the right one. What is
    /// not was deleted meanwhile, or its queue has left the pool.
    func runSettledReading(
        _ script: Script, on queue: QueueRef, after: MessageSequence = .start, limit: Int, now: Timestamp,
        arguments: Int, changes: Bool, _ write: @escaping @Sendable (inout CommandBuffer) -> Void
    ) async throws(StorageError) -> (reply: RedisReply, last: MessageSequence?, messages: [Message]) {
        let keys = QueueKeys(queue.life)
        while true {
            let result = await withUnsafeContinuation { continuation in
                connections[place(of: queue.life)].submit(
                    FindAndRead(keys, after: after, limit: limit, changesStore: changes, continuation) { buffer in
                        buffer.begin(script: script.index, keys: 1, arguments: arguments + 1)
                        buffer.add(keys.beginning)
                        buffer.add(queue.header)
                        write(&buffer)
                    })
            }
            let (reply, found, answer) = try result.get()
            let checked = try Answer.checked(reply)
            guard checked != Answer.again else {
                try await settle(queue.life, now: now)
                continue
            }
            guard let found, let answer else {
                // Nothing was found, or nothing that could be understood.
                _ = try FoundMessages(checked, after: after, limit: limit)
                return (checked, nil, [])
            }
            let messages = try found.messages(answer)
            // Says so if the queue has left.
            if messages.count < found.count { _ = try await lastSequence(of: queue) }
            return (checked, found.count == limit ? found.last : nil, messages)
        }
    }

    // MARK: Queues

    package func open(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        let place = QueueKeys(queue.life).place
        _ = try await run(.open, on: queue, arguments: 1) { $0.add(place) }
    }

    package func retire(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        let keys = QueueKeys(queue.life)
        _ = try await run(.retire, on: queue, arguments: 3) { buffer in
            buffer.add(keys.life)
            buffer.add(now.milliseconds)
            buffer.add(keys.place)
        }
    }

    // MARK: Messages

    package func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [MessageID] {
        guard !messages.isEmpty else {
            _ = try await lastSequence(of: queue)
            return []
        }
        let post = try post(of: messages, from: client, now: now)
        return try await posts[place(of: queue.life)].post(post, to: queue)
    }

    func post(of messages: [NewMessage], from client: ClientID, now: Timestamp) throws(StorageError) -> Post {
        let post = Post(messages: messages, client: client.packed, now: now)
        guard post.client.count <= Int(UInt16.max) else {
            throw .refused("the client's name is longer than this driver keeps")
        }
        return post
    }

    package func messages(
        _ ids: [MessageID], in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        let reply = try await run(.messages, on: queue, arguments: 1 + 3 * ids.count, changes: false) { buffer in
            buffer.add(now.milliseconds)
            for id in ids { buffer.add(id) }
        }
        return try Answer.messages(reply)
    }

    package func position(
        of id: MessageID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> MessageSequence {
        let reply = try await run(.position, on: queue, arguments: 4, changes: false) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(id)
        }
        guard case .integer(let sequence) = reply else { return id.sequence }
        return MessageSequence(sequence)
    }

    package func delete(
        _ id: MessageID, holding claim: ClaimID?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> DeleteOutcome {
        let reply = try await run(.delete, on: queue, arguments: 5) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(id)
            buffer.add(claim?.stored ?? [])
        }
        return try Answer.deletion(reply)
    }

    package func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> BulkDeleteOutcome {
        let held = claims ?? []
        let reply = try await run(.deleteMany, on: queue, arguments: 3 + held.count + 3 * ids.count) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(claims == nil ? "0" : "1")
            buffer.add(Int64(held.count))
            for claim in held { buffer.add(claim.stored) }
            for id in ids { buffer.add(id) }
        }
        let place = Int(try Answer.integer(reply)) - 1
        return ids.indices.contains(place) ? .refused(ids[place]) : .deleted
    }

    package func pop(
        _ limit: Int, from queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        let reply = try await runSettled(.pop, on: queue, now: now, arguments: 2) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(Int64(limit))
        }
        return try Answer.messages(reply)
    }

    package func purge(
        through last: MessageSequence, limit: Int, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Int {
        let reply = try await runSettled(.purge, on: queue, now: now, arguments: 3) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(last.value)
            buffer.add(Int64(limit))
        }
        return Int(try Answer.integer(reply))
    }

    package func lastSequence(of queue: QueueRef) async throws(StorageError) -> MessageSequence {
        MessageSequence(
            try Answer.integer(try await run(.last, on: queue, arguments: 0, changes: false) { _ in }))
    }

    package func stats(of queue: QueueRef, now: Timestamp) async throws(StorageError) -> QueueStats {
        let reply = try await runSettled(.stats, on: queue, now: now, arguments: 1, changes: false) { buffer in
            buffer.add(now.milliseconds)
        }
        return try Answer.census(reply).stats
    }

    // MARK: The pool itself

    package func ping() async throws(StorageError) {
        _ = try await connections[0].ask(changesStore: false, "PING")
    }

    package func shutdown() async {
        for connection in connections { await connection.shutdown() }
    }
}

extension CommandBuffer {
    /// Adds what scripts find a message by: the sequence in its id, its nonce, its id.
    fileprivate mutating func add(_ id: MessageID) {
        add(id.sequence.value)
        add(id.storedNonce)
        add(id.stored)
    }
}
