internal import MongoEngine
package import WeirDomain
package import WeirStorage

/// A pool in a MongoDB database. Each queue has one thread of this node that changes it, so that its operations keep
/// their order and do not meet each other as conflicts; operations that wait while a transaction is on its way share
/// the next one, whatever queues they are of. Other threads read.
package final class MongoDBDriver: PoolDriver {
    private let clients: MongoClients
    private let writers: [MongoThreads<PoolSession>]
    let readers: MongoThreads<PoolReader>

    init(_ clients: MongoClients, writers: [MongoThreads<PoolSession>], readers: MongoThreads<PoolReader>) {
        self.clients = clients
        self.writers = writers
        self.readers = readers
    }

    // MARK: Running work

    /// Runs a step on the thread that changes this queue.
    func change<Value: Sendable>(
        _ life: Int64, weight: Int = 0, _ step: @escaping @Sendable (PoolSession) throws -> Value
    ) async throws(StorageError) -> Value {
        // Lives of one millisecond differ in their low bits only.
        let mixed = UInt64(bitPattern: life) &* 0x9E37_79B9_7F4A_7C15
        let writer = writers[Int(mixed >> 33) % writers.count]
        return try await writer.perform(life, weight: weight) { session in
            let value = try step(session)
            return { _ in value }
        }
    }

    /// Likewise, with a step that has no answer until what comes before is done, a bounded piece of it each time.
    func complete<Value: Sendable>(
        _ life: Int64, _ step: @escaping @Sendable (PoolSession) throws -> Value?
    ) async throws(StorageError) -> Value {
        for _ in 0..<Self.pieces {
            if let value = try await change(life, step) { return value }
        }
        throw .busy
    }

    /// Pieces that a caller waits for.
    private static let pieces = 32

    /// Reads, and hands out what was read if the pool serves exactly this life and epoch.
    private func read<Value: Sendable>(
        _ queue: QueueRef, _ step: @escaping @Sendable (PoolReader) throws -> Value
    ) async throws(StorageError) -> Value {
        try await readers.perform(queue.life.value) { reader in
            let value = try step(reader)
            return { reader in
                try reader.checked(queue)
                return value
            }
        }
    }

    // MARK: Queues

    package func open(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await change(queue.life.value) { try $0.open(queue) }
    }

    package func retire(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await change(queue.life.value) { try $0.retire(queue, now: now) }
    }

    // MARK: Messages

    package func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [MessageID] {
        let weight = messages.reduce(0) { $0 + $1.body.bytes.count + MessageRecord.size }
        return try await change(queue.life.value, weight: weight) {
            try $0.post(messages, from: client, to: queue, now: now)
        }
    }

    package func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) async throws(StorageError) -> PostOutcome {
        let weight = messages.reduce(0) { $0 + $1.body.bytes.count + MessageRecord.size }
        return try await change(queue.life.value, weight: weight) {
            try $0.post(messages, from: client, to: queue, under: receipt, now: now)
        }
    }

    package func list(
        _ filter: MessageFilter, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await read(queue) { try $0.list(filter, in: queue, now: now) }
    }

    package func messages(
        _ ids: [MessageID], in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await read(queue) { try $0.messages(ids, in: queue, now: now) }
    }

    package func position(
        of id: MessageID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> MessageSequence {
        try await read(queue) { try $0.messages([id], in: queue, now: now).first?.sequence ?? id.sequence }
    }

    package func delete(
        _ id: MessageID, holding claim: ClaimID?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> DeleteOutcome {
        try await change(queue.life.value) { try $0.delete(id, holding: claim, in: queue, now: now) }
    }

    package func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> BulkDeleteOutcome {
        try await change(queue.life.value) { try $0.delete(ids, demanding: claims, in: queue, now: now) }
    }

    package func pop(
        _ limit: Int, from queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await complete(queue.life.value) { try $0.pop(limit, from: queue, now: now) }
    }

    package func purge(
        through last: MessageSequence, limit: Int, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Int {
        try await change(queue.life.value) { try $0.purge(through: last, limit: limit, in: queue, now: now) }
    }

    package func lastSequence(of queue: QueueRef) async throws(StorageError) -> MessageSequence {
        try await readers.perform(queue.life.value) { _ in
            { reader in MessageSequence(try reader.checked(queue).nextSequence - 1) }
        }
    }

    package func stats(of queue: QueueRef, now: Timestamp) async throws(StorageError) -> QueueStats {
        try await complete(queue.life.value) { try $0.stats(of: queue, now: now) }
    }

    // MARK: Claims

    package func claim(
        _ request: ClaimRequest, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> ClaimOutcome {
        try await complete(queue.life.value) { try $0.claim(request, in: queue, now: now) }
    }

    package func claim(
        _ id: ClaimID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Claim? {
        try await read(queue) { try $0.claim(id, in: queue, now: now) }
    }

    package func renew(
        _ id: ClaimID, terms: ClaimTerms, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await change(queue.life.value) { try $0.renew(id, terms: terms, in: queue, now: now) }
    }

    package func release(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await change(queue.life.value) { try $0.release(id, in: queue, now: now) }
    }

    // MARK: The pool itself

    package func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        let facts = try await readers.perform(0) { reader in
            let facts = try PoolFacts(reader.connection)
            return { _ in facts }
        }
        return facts.probe(at: now)
    }

    package func ping() async throws(StorageError) {
        try await readers.perform(0) { reader in
            try reader.connection.run(on: "admin") { $0.int32("ping", 1) }
            return { _ in }
        }
    }

    package func shutdown() async {
        for writer in writers { await writer.shutdown() }
        await readers.shutdown()
        await clients.shutdown()
    }
}
