package import WeirDomain
package import WeirStorage

extension MemoryDriver {
    // MARK: The source

    package func beginCapture(
        of queue: QueueRef, for migration: Int64
    ) async throws(StorageError) -> CaptureStart {
        try run { (pool) throws(StorageError) in try pool.beginCapture(of: queue, for: migration) }
    }

    package func endCapture(
        of queue: QueueRef, for migration: Int64, limit: Int
    ) async throws(StorageError) -> Bool {
        try run { (pool) throws(StorageError) in
            try? pool.captured(queue, by: migration) { $0.capture.end() }
            return false
        }
    }

    package func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try run { (pool) throws(StorageError) in
            try pool.held(life).page(after: sequence, limit: limit, bytes: bytes, now: now)
        }
    }

    package func claims(
        of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp
    ) async throws(StorageError) -> ClaimPage {
        try run { (pool) throws(StorageError) in try pool.held(life).claims(after: cursor, limit: limit, now: now) }
    }

    package func changes(
        of queue: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> QueueChanges {
        try run { (pool) throws(StorageError) in
            try pool.captured(queue, by: migration) { $0.changes(limit: limit, bytes: bytes, now: now) }
        }
    }

    package func clearChanges(
        of queue: QueueRef, for migration: Int64, through mark: Int64
    ) async throws(StorageError) {
        try run { (pool) throws(StorageError) in
            try pool.captured(queue, by: migration) { $0.capture.clear(through: mark) }
        }
    }

    package func fence(_ queue: QueueRef, turn: MoveTurn) async throws(StorageError) {
        try run { (pool) throws(StorageError) in
            try pool.serve(queue) { (queue) throws(StorageError) in try queue.capture.raiseFence(turn) }
        }
    }

    package func unfence(_ queue: QueueRef, through turn: MoveTurn) async throws(StorageError) {
        try run { (pool) throws(StorageError) in try pool.serve(queue) { $0.capture.liftFence(through: turn) } }
    }

    package func census(of life: QueueLife, now: Timestamp) async throws(StorageError) -> QueueCensus {
        try run { (pool) throws(StorageError) in try pool.held(life).census(now: now) }
    }

    package func markMoved(
        _ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        try run { (pool) throws(StorageError) in try pool.markMoved(queue, to: epoch, turn: turn, now: now) }
    }

    // MARK: The target

    package func openShadow(
        of queue: QueueRef, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) -> ShadowStart {
        try run { (pool) throws(StorageError) in try pool.openShadow(of: queue, turn: turn) }
    }

    package func `import`(
        _ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        try run { (pool) throws(StorageError) in try pool.import(part, into: life, turn: turn) }
    }

    package func finalise(
        _ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool
    ) async throws(StorageError) {
        try run { (pool) throws(StorageError) in
            try pool.finalise(queue, turn: turn, last: last, isCapturing: isCapturing)
        }
    }

    package func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) async throws(StorageError) -> Bool {
        try run { (pool) throws(StorageError) in try pool.clear(life, turn: turn, limit: limit) }
    }

    // MARK: Inspection

    package func lives(after life: QueueLife, limit: Int) async throws(StorageError) -> [HeldLife] {
        try run { (pool) throws(StorageError) in pool.lives(after: life, limit: limit) }
    }

    /// It keeps nothing twice, so nothing can differ.
    package func inspect(
        _ life: QueueLife, repairing: Bool, now: Timestamp
    ) async throws(StorageError) -> [PoolFinding] {
        try run { (_) throws(StorageError) in [] }
    }
}
