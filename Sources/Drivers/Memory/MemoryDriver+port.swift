package import WeirDomain
package import WeirStorage

extension MemoryDriver: PoolDriver {
    package func open(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try run { (pool) throws(StorageError) in try pool.open(queue, now: now) }
    }

    package func retire(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try run { (pool) throws(StorageError) in try pool.retire(queue, now: now) }
    }

    package func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [MessageID] {
        try use(queue, at: now) { $0.post(messages, from: client, now: now) }
    }

    package func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) async throws(StorageError) -> PostOutcome {
        try use(queue, at: now) { $0.post(messages, from: client, under: receipt, now: now) }
    }

    package func list(
        _ filter: MessageFilter, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try use(queue, at: now) { $0.list(filter, now: now) }
    }

    package func messages(
        _ ids: [MessageID], in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try use(queue, at: now) { $0.messages(ids, now: now) }
    }

    package func position(
        of id: MessageID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> MessageSequence {
        try use(queue, at: now) { $0.position(of: id, now: now) }
    }

    package func delete(
        _ id: MessageID, holding claim: ClaimID?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> DeleteOutcome {
        try use(queue, at: now) { $0.delete(id, holding: claim, now: now) }
    }

    package func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> BulkDeleteOutcome {
        try use(queue, at: now) { $0.delete(ids, demanding: claims, now: now) }
    }

    package func pop(
        _ limit: Int, from queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try use(queue, at: now) { $0.pop(limit, now: now) }
    }

    package func purge(
        through last: MessageSequence, limit: Int, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Int {
        try use(queue, at: now) { $0.purge(through: last, limit: limit, now: now) }
    }

    package func lastSequence(of queue: QueueRef) async throws(StorageError) -> MessageSequence {
        try use(queue, at: nil) { $0.last }
    }

    package func stats(of queue: QueueRef, now: Timestamp) async throws(StorageError) -> QueueStats {
        try use(queue, at: now) { $0.stats(now: now) }
    }
}

// MARK: Claims and the pool itself

extension MemoryDriver {
    package func claim(
        _ request: ClaimRequest, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> ClaimOutcome {
        try use(queue, at: now) { $0.claim(request, now: now) }
    }

    package func claim(
        _ id: ClaimID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Claim? {
        try use(queue, at: now) { $0.claim(id, now: now) }
    }

    package func renew(
        _ id: ClaimID, terms: ClaimTerms, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Bool {
        try use(queue, at: now) { $0.renew(id, terms: terms, now: now) }
    }

    package func release(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try use(queue, at: now) { $0.release(id, now: now) }
    }

    package func collect(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        try run { (pool) throws(StorageError) in pool.collect(limit, now: now) }
    }

    package func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        try run { (_) throws(StorageError) in
            PoolProbe(
                at: now, facts: [PoolProbe.Fact("storage", "memory")],
                capabilities: [.fifo, .claims, .atLeastOnce, .highThroughput],
                missing: [.durability: Self.lostAtTheEnd])
        }
    }

    package func ping() async throws(StorageError) {
        try run { (_) throws(StorageError) in }
    }

    package func shutdown() async {
        close()
    }
}
