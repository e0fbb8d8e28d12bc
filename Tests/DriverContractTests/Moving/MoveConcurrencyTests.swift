import Synchronization
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: many at once") struct MoveConcurrencyTests {
    @Test("what was acknowledged when a fence came is there behind it", arguments: MovePair.essential)
    func fence(pair: MovePair) async throws {
        try await pair.withQueue { queue, pool in
            let move = MoveUnderTest(queue, to: pool)
            let early = Set(try await queue.post(count: 50))
            try await move.begin()
            try await move.copy()
            let board = Board()
            _ = try await gather(17) { worker in
                switch worker {
                case 0:
                    // The others go on until they are refused.
                    defer { board.close() }
                    try await cutOver(move, board)
                case 1...8: try await produce(queue, board)
                default: try await consume(queue, board)
                }
            }
            let tally = board.tally.withLock { $0 }
            #expect(tally.late == 0)
            try await move.expectAgreement()
            let left = Set(try await move.target.everything().ids)
            #expect(left == early.union(tally.posted).subtracting(tally.deleted))
        }
    }

    private func cutOver(_ move: MoveUnderTest, _ board: Board) async throws {
        while board.tally.withLock({ $0.deleted.count }) < 30 { try await move.drainStep(limit: 200) }
        try await move.fence()
        board.tally.withLock { $0.isFenced = true }
        try await move.drain(limit: 200)
        try await move.finalise()
    }

    private func produce(_ queue: QueueUnderTest, _ board: Board) async throws {
        for _ in 1...100 {
            let ids = try await board.note { try await queue.post("a", "b") } as: { $0.posted.formUnion($1) }
            if ids == nil { return }
            await Task.yield()
        }
    }

    private func consume(_ queue: QueueUnderTest, _ board: Board) async throws {
        while let claim = try await board.note({ try await queue.claim(3) }) {
            // A pool in memory never waits, and there may be more consumers than threads.
            await Task.yield()
            guard let first = claim.delivered.first?.id else { continue }
            let outcome = try await board.note {
                try await queue.delete(first, holding: claim.id)
            } as: { tally, _ in
                tally.deleted.insert(first)
            }
            guard let outcome else { return }
            #expect(outcome == .deleted)
        }
    }
}

/// What clients have done that do not wait for each other.
private final class Board: Sendable {
    struct Tally {
        var posted: Set<MessageID> = []
        var deleted: Set<MessageID> = []
        /// Whether the fence was set: then nothing may begin that succeeds.
        var isFenced = false
        /// How much did.
        var late = 0
    }

    let tally = Mutex(Tally())
    private let isClosed = Atomic(false)

    /// Nobody goes on.
    func close() {
        isClosed.store(true, ordering: .relaxed)
    }

    /// Does something and notes it; nil if a fence refused it, or the test is over.
    func note<Answer: Sendable>(
        _ work: () async throws -> Answer, as change: (inout Tally, Answer) -> Void = { _, _ in }
    ) async throws -> Answer? {
        guard !isClosed.load(ordering: .relaxed) else { return nil }
        let isLate = tally.withLock { $0.isFenced }
        do {
            let answer = try await work()
            tally.withLock { tally in
                change(&tally, answer)
                if isLate { tally.late += 1 }
            }
            return answer
        } catch StorageError.fenced {
            return nil
        }
    }
}
