import TestSupport
import Testing
import WeirDomain
import WeirStorage

extension DriverUnderTest {
    /// Works with an empty shadow of turn 1 of migration 7, to be served under epoch 2.
    func withShadow<Answer>(
        _ work: nonisolated(nonsending) (QueueUnderTest, any PoolDriver) async throws -> Answer
    ) async throws -> Answer {
        try await withPool { pool in
            let shadow = QueueUnderTest(pool: pool, ref: .fresh(epoch: Epoch(2)), clock: ManualClock())
            #expect(try await pool.openShadow(of: shadow.ref, turn: .turn(1), now: shadow.now) == .fresh)
            return try await work(shadow, pool)
        }
    }

    /// Works with the copy that was left of a queue with two claims and five messages, which moved to epoch 2 by turn 1
    /// of migration 7.
    func withMoved<Answer>(
        _ work: nonisolated(nonsending) (QueueUnderTest, any PoolDriver) async throws -> Answer
    ) async throws -> Answer {
        try await withCapture { captured, queue in
            try await queue.post(count: 5)
            for _ in 1...2 { _ = try await queue.claim(2) }
            try await captured.pool.fence(queue.ref, turn: .turn(1))
            try await captured.pool.markMoved(queue.ref, to: Epoch(2), turn: .turn(1), now: queue.now)
            return try await work(queue, captured.pool)
        }
    }
}

extension QueueUnderTest {
    /// Whatever the epoch, and opening does not help.
    func expectServesNobody(sourceLocation: SourceLocation = #_sourceLocation) async {
        for epoch: Int64 in 1...3 {
            let ref = ref.under(epoch: epoch)
            await QueueOperation.expectAll(.staleRoute, on: self, as: ref, sourceLocation: sourceLocation)
            await #expect(throws: StorageError.staleRoute, sourceLocation: sourceLocation) {
                try await pool.open(ref, now: now)
            }
        }
    }
}

extension MovablePool {
    func expectNoShadow(
        of queue: QueueRef, _ turn: MoveTurn, now: Timestamp, sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(throws: StorageError.staleRoute, "\(turn)", sourceLocation: sourceLocation) {
            _ = try await openShadow(of: queue, turn: turn, now: now)
        }
    }
}

extension QueuePart {
    /// Two free messages, the second of them from another queue.
    static let two = QueuePart.messages([.made(1), .made(2, id: MessageID(high: 5, low: 6))])
    static let third = QueuePart.messages([.made(3)])
}

extension Message {
    /// A free message as some pool may hold it, which says the number of its sequence.
    static func made(_ sequence: Int64, id: MessageID? = nil, ttl: Int = 3600) -> Message {
        let now = ManualClock().now()
        return Message(
            id: id ?? MessageID(sequence: MessageSequence(sequence), nonce: UInt64(sequence) &* 7919),
            sequence: MessageSequence(sequence), body: MessageBody(String(sequence)), ttl: ttl, created: now,
            expires: now.adding(seconds: ttl), delayedUntil: Timestamp(milliseconds: 0), client: .producer, claim: nil,
            claimedUntil: Timestamp(milliseconds: 0), claimCount: 0)
    }

    /// The same message in the hands of a claim.
    func held(by claim: ClaimID, until end: Timestamp) -> Message {
        var held = self
        held.claim = claim
        held.claimedUntil = end
        held.claimCount += 1
        return held
    }
}
