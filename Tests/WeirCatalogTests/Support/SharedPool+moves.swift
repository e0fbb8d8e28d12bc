import MemoryDriver
import WeirDomain
import WeirStorage

/// Moves at a shared store.
extension SharedPoolDriver {
    func beginCapture(of queue: QueueRef, for migration: Int64) async throws(StorageError) -> CaptureStart {
        try await store().beginCapture(of: queue, for: migration)
    }

    func endCapture(of queue: QueueRef, for migration: Int64, limit: Int) async throws(StorageError) -> Bool {
        try await store().endCapture(of: queue, for: migration, limit: limit)
    }

    func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await store().page(of: life, after: sequence, limit: limit, bytes: bytes, now: now)
    }

    func claims(
        of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp
    ) async throws(StorageError) -> ClaimPage {
        try await store().claims(of: life, after: cursor, limit: limit, now: now)
    }

    func changes(
        of queue: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> QueueChanges {
        try await store().changes(of: queue, for: migration, limit: limit, bytes: bytes, now: now)
    }

    func clearChanges(of queue: QueueRef, for migration: Int64, through mark: Int64) async throws(StorageError) {
        try await store().clearChanges(of: queue, for: migration, through: mark)
    }

    func fence(_ queue: QueueRef, turn: MoveTurn) async throws(StorageError) {
        try await store().fence(queue, turn: turn)
    }

    func unfence(_ queue: QueueRef, through turn: MoveTurn) async throws(StorageError) {
        try await store().unfence(queue, through: turn)
    }

    func census(of life: QueueLife, now: Timestamp) async throws(StorageError) -> QueueCensus {
        try await store().census(of: life, now: now)
    }

    func markMoved(
        _ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        try await store().markMoved(queue, to: epoch, turn: turn, now: now)
    }

    func openShadow(
        of queue: QueueRef, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) -> ShadowStart {
        try await store().openShadow(of: queue, turn: turn, now: now)
    }

    func `import`(
        _ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        try await store().import(part, into: life, turn: turn, now: now)
    }

    func finalise(
        _ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool
    ) async throws(StorageError) {
        try await store().finalise(queue, turn: turn, last: last, isCapturing: isCapturing)
    }

    func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) async throws(StorageError) -> Bool {
        try await store().clear(life, turn: turn, limit: limit)
    }

    func lives(after life: QueueLife, limit: Int) async throws(StorageError) -> [HeldLife] {
        try await store().lives(after: life, limit: limit)
    }

    func inspect(
        _ life: QueueLife, repairing: Bool, now: Timestamp
    ) async throws(StorageError) -> [PoolFinding] {
        try await store().inspect(life, repairing: repairing, now: now)
    }
}
