internal import MongoEngine
package import WeirDomain
package import WeirStorage

extension MongoDBDriver {
    /// Marks that one transaction removes.
    private static let marksPerStep = 1000

    // MARK: The source

    package func beginCapture(of queue: QueueRef, for migration: Int64) async throws(StorageError) -> CaptureStart {
        try await change(queue.life.value) { try $0.beginCapture(of: queue, for: migration) }
    }

    package func endCapture(of queue: QueueRef, for migration: Int64, limit: Int) async throws(StorageError) -> Bool {
        try await change(queue.life.value) { try $0.endCapture(of: queue, for: migration, limit: limit) }
    }

    package func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> [Message] {
        try await look(at: life) { try $0.page(of: life, after: sequence, limit: limit, bytes: bytes, now: now) }
    }

    package func claims(
        of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp
    ) async throws(StorageError) -> ClaimPage {
        try await look(at: life) { try $0.claims(of: life, after: cursor, limit: limit, now: now) }
    }

    package func changes(
        of queue: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> QueueChanges {
        try await change(queue.life.value) {
            try $0.changes(of: queue, for: migration, limit: limit, bytes: bytes, now: now)
        }
    }

    package func clearChanges(
        of queue: QueueRef, for migration: Int64, through mark: Int64
    ) async throws(StorageError) {
        // A part of it does no harm: all these marks are done with.
        let step = Self.marksPerStep
        while try await change(
            queue.life.value, { try $0.clearChanges(of: queue, for: migration, through: mark, limit: step) })
        {}
    }

    package func fence(_ queue: QueueRef, turn: MoveTurn) async throws(StorageError) {
        try await change(queue.life.value) { try $0.fence(queue, turn: turn) }
    }

    package func unfence(_ queue: QueueRef, through turn: MoveTurn) async throws(StorageError) {
        try await change(queue.life.value) { try $0.unfence(queue, through: turn) }
    }

    package func census(of life: QueueLife, now: Timestamp) async throws(StorageError) -> QueueCensus {
        try await complete(life.value) { try $0.census(of: life, now: now) }
    }

    package func markMoved(
        _ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        try await change(queue.life.value) { try $0.markMoved(queue, to: epoch, turn: turn, now: now) }
    }

    // MARK: The target

    package func openShadow(
        of queue: QueueRef, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) -> ShadowStart {
        try await change(queue.life.value) { try $0.openShadow(of: queue, turn: turn, now: now) }
    }

    package func `import`(
        _ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        let weight = part.messages.reduce(0) { $0 + $1.body.bytes.count + MessageRecord.size }
        try await change(life.value, weight: weight) { try $0.importPart(part, into: life, turn: turn, now: now) }
    }

    package func finalise(
        _ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool
    ) async throws(StorageError) {
        try await change(queue.life.value) {
            try $0.finalise(queue, turn: turn, last: last, isCapturing: isCapturing)
        }
    }

    package func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) async throws(StorageError) -> Bool {
        try await change(life.value) { try $0.clear(life, turn: turn, limit: limit) }
    }

    package func lives(after life: QueueLife, limit: Int) async throws(StorageError) -> [HeldLife] {
        guard limit > 0 else { return [] }
        return try await look { try $0.held(after: life.value, limit: limit).map(\.held) }
    }

    // MARK: Inspection

    package func inspect(
        _ life: QueueLife, repairing: Bool, now: Timestamp
    ) async throws(StorageError) -> [PoolFinding] {
        guard var inspection = try await look(at: life, { try $0.beginInspection(of: life) }) else { return [] }
        let (header, moment) = (inspection.header, inspection.moment)
        var next: Int64? = .min
        while let last = next {
            let step = try await look(at: life) { try $0.inspect(header, at: moment, after: last, now: now) }
            inspection.add(step)
            next = step.next
            let wrong = repairing ? step.wrong : []
            if !wrong.isEmpty { try await change(life.value) { try $0.mend(wrong, of: life.value, now: now) } }
        }
        let found = inspection
        guard repairing, found.differs else { return found.findings(mendsBlocks: repairing, mendsHeader: false) }
        let isMended = try await change(life.value) { try $0.mendHeader(found) }
        return found.findings(mendsBlocks: true, mendsHeader: isMended)
    }

    /// Reads of the life, whatever the pool does with it.
    private func look<Value: Sendable>(
        at life: QueueLife, _ step: @escaping @Sendable (PoolReader) throws -> Value
    ) async throws(StorageError) -> Value {
        try await readers.perform(life.value) { reader in
            let value = try step(reader)
            return { _ in value }
        }
    }
}
