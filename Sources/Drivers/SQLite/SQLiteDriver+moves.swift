internal import SQLiteEngine
package import WeirDomain
package import WeirStorage

extension SQLiteDriver {
    // MARK: The source

    package func beginCapture(
        of queue: QueueRef, for migration: Int64
    ) async throws(StorageError) -> CaptureStart {
        try await writer.perform { try $0.beginCapture(of: queue, for: migration) }
    }

    package func endCapture(
        of queue: QueueRef, for migration: Int64, limit: Int
    ) async throws(StorageError) -> Bool {
        try await writer.perform { try $0.endCapture(of: queue, for: migration, limit: limit) }
    }

    package func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await readers.perform { try $0.page(of: life, after: sequence, limit: limit, bytes: bytes, now: now) }
    }

    package func claims(
        of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp
    ) async throws(StorageError) -> ClaimPage {
        try await readers.perform { try $0.claims(of: life, after: cursor, limit: limit, now: now) }
    }

    package func changes(
        of queue: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> QueueChanges {
        try await readers.perform { try $0.changes(of: queue, for: migration, limit: limit, bytes: bytes, now: now) }
    }

    package func clearChanges(
        of queue: QueueRef, for migration: Int64, through mark: Int64
    ) async throws(StorageError) {
        try await writer.perform { try $0.clearChanges(of: queue, for: migration, through: mark) }
    }

    package func fence(_ queue: QueueRef, turn: MoveTurn) async throws(StorageError) {
        try await writer.perform { try $0.fence(queue, turn: turn) }
    }

    package func unfence(_ queue: QueueRef, through turn: MoveTurn) async throws(StorageError) {
        try await writer.perform { try $0.unfence(queue, through: turn) }
    }

    package func census(of life: QueueLife, now: Timestamp) async throws(StorageError) -> QueueCensus {
        try await writer.perform { try $0.census(of: life, now: now) }
    }

    package func markMoved(
        _ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        try await writer.perform { try $0.markMoved(queue, to: epoch, turn: turn, now: now) }
    }

    // MARK: The target

    package func openShadow(
        of queue: QueueRef, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) -> ShadowStart {
        try await writer.perform { try $0.openShadow(of: queue, turn: turn) }
    }

    package func `import`(
        _ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        try await writer.perform { try $0.import(part, into: life, turn: turn, now: now) }
    }

    package func finalise(
        _ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool
    ) async throws(StorageError) {
        try await writer.perform { try $0.finalise(queue, turn: turn, last: last, isCapturing: isCapturing) }
    }

    package func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) async throws(StorageError) -> Bool {
        try await writer.perform { try $0.clear(life, turn: turn, limit: limit) }
    }

    // MARK: Inspection

    package func lives(after life: QueueLife, limit: Int) async throws(StorageError) -> [HeldLife] {
        try await readers.perform { try $0.lives(after: life, limit: limit) }
    }

    /// Reads the whole queue in one snapshot, on a connection of its own: nobody waits for it.
    package func inspect(
        _ life: QueueLife, repairing: Bool, now: Timestamp
    ) async throws(StorageError) -> [PoolFinding] {
        guard let deviation = try await deviation(of: life) else { return [] }
        let findings = deviation.findings(isRepaired: repairing)
        guard repairing, !findings.isEmpty else { return findings }
        try await writer.perform { try $0.correct(deviation, of: life) }
        for first in stride(from: 0, to: deviation.miscounted.count, by: Limits.collectedPerStep) {
            let bodies = deviation.miscounted[first...].prefix(Limits.collectedPerStep)
            try await writer.perform { try $0.recount(bodies, of: life) }
        }
        while try await writer.perform({ try $0.freeOrphans(of: life, limit: Limits.collectedPerStep) }) {}
        return findings
    }

    private func deviation(of life: QueueLife) async throws(StorageError) -> PoolDeviation? {
        let reader: DatabaseThread<PoolSession>
        do throws(SQLiteFailure) {
            reader = try await openReader()
        } catch {
            throw error.storageError
        }
        do throws(StorageError) {
            let deviation = try await reader.perform { try $0.deviation(of: life) }
            await reader.shutdown()
            return deviation
        } catch {
            await reader.shutdown()
            throw error
        }
    }
}
