internal import SQLiteEngine
package import WeirDomain
package import WeirStorage

/// A pool in one SQLite file: one thread writes, the others read snapshots. Operations that wait while a
/// transaction is on its way to the disk share the next one.
package final class SQLiteDriver: PoolDriver {
    let writer: DatabaseThread<PoolSession>
    let readers: DatabaseThread<PoolSession>
    /// Starts a reader for work that would keep the others waiting.
    let openReader: @Sendable () async throws(SQLiteFailure) -> DatabaseThread<PoolSession>

    /// Keeps other pools and processes away from the file: there is one writer.
    private let file: ClaimedFile

    init(
        writer: DatabaseThread<PoolSession>, readers: DatabaseThread<PoolSession>, file: ClaimedFile,
        openReader: @escaping @Sendable () async throws(SQLiteFailure) -> DatabaseThread<PoolSession>
    ) {
        self.writer = writer
        self.readers = readers
        self.openReader = openReader
        self.file = file
    }

    // MARK: Queues

    package func open(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await writer.perform { try $0.open(queue) }
    }

    package func retire(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await writer.perform { try $0.retire(queue, now: now) }
    }

    // MARK: Messages

    package func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [MessageID] {
        try await writer.perform { try $0.post(messages, from: client, to: queue, now: now) }
    }

    package func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) async throws(StorageError) -> PostOutcome {
        try await writer.perform { try $0.post(messages, from: client, to: queue, under: receipt, now: now) }
    }

    package func list(
        _ filter: MessageFilter, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await readers.perform { try $0.list(filter, in: queue, now: now) }
    }

    package func messages(
        _ ids: [MessageID], in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await readers.perform { try $0.messages(ids, in: queue, now: now) }
    }

    package func position(
        of id: MessageID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> MessageSequence {
        try await readers.perform { try $0.position(of: id, in: queue, now: now) }
    }

    package func delete(
        _ id: MessageID, holding claim: ClaimID?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> DeleteOutcome {
        try await writer.perform { try $0.delete(id, holding: claim, in: queue, now: now) }
    }

    package func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> BulkDeleteOutcome {
        try await writer.perform { try $0.delete(ids, demanding: claims, in: queue, now: now) }
    }

    package func pop(
        _ limit: Int, from queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await writer.perform { try $0.pop(limit, from: queue, now: now) }
    }

    package func purge(
        through last: MessageSequence, limit: Int, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Int {
        try await writer.perform { try $0.purge(through: last, limit: limit, in: queue, now: now) }
    }

    package func lastSequence(of queue: QueueRef) async throws(StorageError) -> MessageSequence {
        try await readers.perform { MessageSequence(try $0.checked(queue).nextSequence - 1) }
    }

    package func stats(of queue: QueueRef, now: Timestamp) async throws(StorageError) -> QueueStats {
        try await writer.perform { try $0.stats(of: queue, now: now) }
    }

    // MARK: Claims

    package func claim(
        _ request: ClaimRequest, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> ClaimOutcome {
        try await writer.perform { try $0.claim(request, in: queue, now: now) }
    }

    package func claim(
        _ id: ClaimID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Claim? {
        try await readers.perform { try $0.claim(id, in: queue, now: now) }
    }

    package func renew(
        _ id: ClaimID, terms: ClaimTerms, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await writer.perform { try $0.renew(id, terms: terms, in: queue, now: now) }
    }

    package func release(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await writer.perform { try $0.release(id, in: queue, now: now) }
    }

    // MARK: The pool itself

    package func collect(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        try await writer.perform { try $0.collect(limit, now: now) }
    }

    package func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        let facts = try await writer.perform { try PoolFacts($0.connection) }
        return facts.probe(at: now)
    }

    package func ping() async throws(StorageError) {
        try await readers.perform { _ = try $0.connection.pragma("user_version") }
    }

    package func shutdown() async {
        await writer.shutdown()
        await readers.shutdown()
        file.release()
    }

    package func abandon() async {
        await writer.shutdown()
        await readers.shutdown()
        file.abandon()
    }
}
