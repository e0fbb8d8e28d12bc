import MemoryDriver
import Synchronization
import WeirDomain
import WeirStorage

/// A node's way to a pool.
final class FaultyPool: PoolDriver {
    private let name: String
    private let node: SimulatedNode
    private let store: MemoryDriver
    /// For the planted rule that reads the last sequence too early.
    private let early = Mutex<[QueueLife: MessageSequence]>([:])

    init(_ name: String, on node: SimulatedNode) {
        self.name = name
        self.node = node
        store = node.world.stores[name] ?? MemoryDriver()
    }

    private var world: SimulatedWorld { node.world }

    private func call<Value: Sendable>(
        operation: String = #function, _ work: @escaping @Sendable (MemoryDriver) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let (store, world, place) = (store, world, "\(node.id) \(name)")
        if name == world.full, operation.contains("import") { throw .refused("it is full") }
        let slowness = world.slowness(of: operation, in: name)
        if slowness > 0 { await world.executor.sleep(milliseconds: slowness) }
        let isRepeated = world.repeats(operation)
        return try await node.call(catalog: false) { () async throws(StorageError) in
            if isRepeated { world.hold { _ = try? await work(store) } }
            do throws(StorageError) {
                let value = try await work(store)
                world.trace("\(place) \(operation) = \(Trace.text(value))")
                if operation.hasPrefix("fence") { world.releaseHeld() }
                return value
            } catch {
                world.trace("\(place) \(operation): \(error)")
                throw error
            }
        }
    }

    // MARK: Queues and messages

    func open(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await call { store throws(StorageError) in try await store.open(queue, now: now) }
    }

    func retire(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await call { store throws(StorageError) in try await store.retire(queue, now: now) }
    }

    func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [MessageID] {
        let (world, name) = (world, name)
        return try await call { store throws(StorageError) in
            let ids = try await store.post(messages, from: client, to: queue, now: now)
            world.history.accepted(ids, in: queue, pool: name)
            return ids
        }
    }

    func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) async throws(StorageError) -> PostOutcome {
        let (world, name) = (world, name)
        return try await call { store throws(StorageError) in
            let outcome = try await store.post(messages, from: client, to: queue, under: receipt, now: now)
            if case .stored(let ids) = outcome {
                world.history.accepted(ids, in: queue, pool: name)
                world.history.acceptedOnce(receipt.id, pool: name)
            }
            return outcome
        }
    }

    func list(_ filter: MessageFilter, in queue: QueueRef, now: Timestamp) async throws(StorageError) -> [Message] {
        try await call { store throws(StorageError) in try await store.list(filter, in: queue, now: now) }
    }

    func messages(_ ids: [MessageID], in queue: QueueRef, now: Timestamp) async throws(StorageError) -> [Message] {
        try await call { store throws(StorageError) in try await store.messages(ids, in: queue, now: now) }
    }

    func position(
        of id: MessageID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> MessageSequence {
        try await call { store throws(StorageError) in try await store.position(of: id, in: queue, now: now) }
    }

    func delete(
        _ id: MessageID, holding claim: ClaimID?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> DeleteOutcome {
        try await call(operation: "delete \(id.sequence.value)") { store throws(StorageError) in
            try await store.delete(id, holding: claim, in: queue, now: now)
        }
    }

    func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> BulkDeleteOutcome {
        try await call { store throws(StorageError) in
            try await store.delete(ids, demanding: claims, in: queue, now: now)
        }
    }

    func pop(_ limit: Int, from queue: QueueRef, now: Timestamp) async throws(StorageError) -> [Message] {
        try await call { store throws(StorageError) in try await store.pop(limit, from: queue, now: now) }
    }

    func purge(
        through last: MessageSequence, limit: Int, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Int {
        try await call { store throws(StorageError) in
            try await store.purge(through: last, limit: limit, in: queue, now: now)
        }
    }

    func lastSequence(of queue: QueueRef) async throws(StorageError) -> MessageSequence {
        try await call { store throws(StorageError) in try await store.lastSequence(of: queue) }
    }

    func stats(of queue: QueueRef, now: Timestamp) async throws(StorageError) -> QueueStats {
        try await call { store throws(StorageError) in try await store.stats(of: queue, now: now) }
    }

    // MARK: Claims

    func claim(_ request: ClaimRequest, in queue: QueueRef, now: Timestamp) async throws(StorageError) -> ClaimOutcome {
        try await call { store throws(StorageError) in try await store.claim(request, in: queue, now: now) }
    }

    func claim(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError) -> Claim? {
        try await call { store throws(StorageError) in try await store.claim(id, in: queue, now: now) }
    }

    func renew(
        _ id: ClaimID, terms: ClaimTerms, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await call { store throws(StorageError) in
            try await store.renew(id, terms: terms, in: queue, now: now)
        }
    }

    func release(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await call { store throws(StorageError) in try await store.release(id, in: queue, now: now) }
    }

    // MARK: The pool itself

    func collect(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        try await call { store throws(StorageError) in try await store.collect(limit, now: now) }
    }

    func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        try await store.probe(now: now)
    }

    func ping() async throws(StorageError) {}

    /// The store stays: only this way to it ends.
    func shutdown() async {}
}

/// Answers in a few words, for those who read what a failing run did.
private enum Trace {
    static func text(_ value: some Any) -> String {
        switch value {
        case let messages as [Message]: text(messages.map(\.sequence))
        case let ids as [MessageID]: text(ids.map(\.sequence))
        case let outcome as ClaimOutcome: text(outcome.delivered.map(\.sequence))
        case let changes as QueueChanges:
            "\(text(changes.part.messages.map(\.sequence))) gone \(text(changes.part.goneMessages)) to \(changes.mark)"
        default: String("\(value)".prefix(120))
        }
    }

    private static func text(_ sequences: [MessageSequence]) -> String { "\(sequences.map(\.value))" }
}

// MARK: - Moves

extension FaultyPool {
    func beginCapture(of queue: QueueRef, for migration: Int64) async throws(StorageError) -> CaptureStart {
        try await call { store throws(StorageError) in try await store.beginCapture(of: queue, for: migration) }
    }

    func endCapture(of queue: QueueRef, for migration: Int64, limit: Int) async throws(StorageError) -> Bool {
        try await call { store throws(StorageError) in
            try await store.endCapture(of: queue, for: migration, limit: limit)
        }
    }

    func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        // Few at a time, so that a move has many pages.
        try await call { store throws(StorageError) in
            try await store.page(of: life, after: sequence, limit: min(limit, 3), bytes: bytes, now: now)
        }
    }

    func claims(
        of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp
    ) async throws(StorageError) -> ClaimPage {
        try await call { store throws(StorageError) in
            try await store.claims(of: life, after: cursor, limit: min(limit, 2), now: now)
        }
    }

    func changes(
        of queue: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> QueueChanges {
        if world.planted == .lastReadBeforeFence, let census = try? await store.census(of: queue.life, now: now) {
            early.withLock { $0[queue.life] = $0[queue.life] ?? census.last }
        }
        return try await call { store throws(StorageError) in
            try await store.changes(of: queue, for: migration, limit: min(limit, 4), bytes: bytes, now: now)
        }
    }

    func clearChanges(of queue: QueueRef, for migration: Int64, through mark: Int64) async throws(StorageError) {
        try await call { store throws(StorageError) in
            try await store.clearChanges(of: queue, for: migration, through: mark)
        }
    }

    func fence(_ queue: QueueRef, turn: MoveTurn) async throws(StorageError) {
        try await call(operation: "fence \(turn.value & 0xFFFFF)") { store throws(StorageError) in try await store.fence(queue, turn: turn) }
    }

    func unfence(_ queue: QueueRef, through turn: MoveTurn) async throws(StorageError) {
        try await call(operation: "unfence \(turn.value & 0xFFFFF)") { store throws(StorageError) in
            try await store.unfence(queue, through: turn)
        }
    }

    func census(of life: QueueLife, now: Timestamp) async throws(StorageError) -> QueueCensus {
        var census = try await call { store throws(StorageError) in try await store.census(of: life, now: now) }
        if let last = early.withLock({ $0[life] }) { census.last = min(census.last, last) }
        return census
    }

    func markMoved(
        _ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        try await call { store throws(StorageError) in
            try await store.markMoved(queue, to: epoch, turn: turn, now: now)
        }
    }

    func openShadow(
        of queue: QueueRef, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) -> ShadowStart {
        try await call { store throws(StorageError) in try await store.openShadow(of: queue, turn: turn, now: now) }
    }

    func `import`(
        _ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        let sequences = (part.messages.map(\.sequence) + part.goneMessages).map(\.value)
        return try await call(operation: "import \(sequences) turn \(turn.value & 0xFFFFF)") { store throws(StorageError) in
            try await store.import(part, into: life, turn: turn, now: now)
        }
    }

    func finalise(
        _ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool
    ) async throws(StorageError) {
        try await call { store throws(StorageError) in
            try await store.finalise(queue, turn: turn, last: last, isCapturing: isCapturing)
        }
    }

    func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) async throws(StorageError) -> Bool {
        try await call { store throws(StorageError) in
            try await store.clear(life, turn: turn, limit: min(limit, 3))
        }
    }

    func lives(after life: QueueLife, limit: Int) async throws(StorageError) -> [HeldLife] {
        try await store.lives(after: life, limit: limit)
    }

    func inspect(
        _ life: QueueLife, repairing: Bool, now: Timestamp
    ) async throws(StorageError) -> [PoolFinding] {
        try await store.inspect(life, repairing: repairing, now: now)
    }
}
