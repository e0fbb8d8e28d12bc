import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Random histories of a queue that moves while they happen, and moves back: every answer is that of a queue in a
/// memory pool that stays where it is.
@Suite("Moving: random histories") struct MovePropertyTests {
    @Test("nobody notices that a queue moves", arguments: MovePair.essential, 1...12)
    func unnoticed(pair: MovePair, seed: Int) async throws {
        try await DriverUnderTest.memory.withPool { still in
            try await pair.withQueue { queue, pool in
                var history = try await History(seed: seed, of: queue, beside: still)
                try await history.play(40)
                var move = MoveUnderTest(queue, to: pool)
                try await history.play(200, during: &move)
                try await history.cutOver(&move)
                try await history.play(80)
                var back = move.reversed()
                try await history.play(60, during: &back)
                try await history.cutOver(&back)
                try await history.play(40)
            }
        }
    }
}

/// One queue and its model, and what happens to both.
private struct History {
    private var script: ModelScript
    private var random: SeededGenerator
    private let model: QueueUnderTest
    /// Where clients find it.
    private var queue: QueueUnderTest
    /// Where the copy of messages goes on; nil when it is done.
    private var copied: MessageSequence?

    init(seed: Int, of queue: QueueUnderTest, beside still: any PoolDriver) async throws {
        script = ModelScript(seed: seed)
        random = SeededGenerator(seed: UInt64(seed) << 32)
        self.queue = queue
        model = QueueUnderTest(pool: still, ref: queue.ref, clock: queue.clock)
        try await still.open(model.ref, now: model.now)
    }

    private var now: Timestamp { queue.now }

    /// Does so many things as clients do them.
    mutating func play(_ steps: Int) async throws {
        for _ in 1...steps { try await act() }
        try await compareAll()
    }

    /// Does so many things, a third of them as a mover does them.
    mutating func play(_ steps: Int, during move: inout MoveUnderTest) async throws {
        let (_, shadow) = try await move.begin()
        copied = shadow == .fresh ? .start : nil
        for _ in 1...steps {
            if random.oneIn(3) { try await work(&move) } else { try await act() }
        }
        while copied != nil { try await work(&move) }
        try await move.copyClaims(limit: 3)
    }

    /// Up to the switch, at the second try if the first one comes to nothing.
    mutating func cutOver(_ move: inout MoveUnderTest) async throws {
        if random.oneIn(2) { try await fail(&move) }
        try await move.fence()
        if random.oneIn(2) { queue.clock.advance(milliseconds: 700) }
        try await expectFenced()
        try await move.drain(limit: 7)
        try await move.finalise(isCapturing: true)
        try await expectFenced()
        try await move.expectAgreement()
        try await move.markMoved()
        queue = move.target
        try await compareAll()
    }

    /// A cutover that was broken off, before the shadow was finalised or after.
    private mutating func fail(_ move: inout MoveUnderTest) async throws {
        try await move.fence()
        try await move.drain()
        if random.oneIn(2) { try await move.finalise(isCapturing: true) }
        try await move.source.pool.unfence(move.source.ref, through: move.turn)
        try await move.takeOver()
        try await play(20)
    }

    private func expectFenced() async throws {
        await #expect(throws: StorageError.fenced) { _ = try await queue.stats() }
    }

    // MARK: Steps

    private mutating func work(_ move: inout MoveUnderTest) async throws {
        if random.oneIn(20) { try await move.takeOver() }
        if random.oneIn(10) { _ = try await move.target.pool.collect(5, now: now) }
        if random.oneIn(8) { try await move.copyClaims(limit: Int.random(in: 1...4, using: &random)) }
        if let next = copied, random.oneIn(2) {
            copied = try await move.copyPage(after: next, limit: Int.random(in: 1...9, using: &random), bytes: 200)
        } else {
            let limit = Int.random(in: 1...9, using: &random)
            try await move.drainStep(limit: limit, bytes: 200, clears: !random.oneIn(4))
        }
    }

    private mutating func act() async throws {
        switch script.next() {
        case .advance(let milliseconds): queue.clock.advance(milliseconds: milliseconds)
        case .collect(let limit): _ = try await queue.pool.collect(limit, now: now)
        case .operation(.retire, _): break
        case .operation(let operation, _): script.learn(from: try await compare(operation))
        }
    }

    private func compareAll() async throws {
        for (operation, ref) in script.everything where ref == script.everything[0].1 {
            _ = try await compare(operation)
        }
    }

    private func compare(_ operation: ModelOperation) async throws -> ModelOperation.Answer {
        let expected = await operation.perform(on: model.pool, model.ref, now: now)
        let actual = await operation.perform(on: queue.pool, queue.ref, now: now)
        try #require(actual == expected, "\(operation)")
        return expected
    }
}
