import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// A move of a queue by hand: what a mover does, step by step, when the test wants it.
struct MoveUnderTest {
    /// The queue where it is.
    let source: QueueUnderTest
    /// The same life under the route that is to be.
    let target: QueueUnderTest
    var turn: MoveTurn

    init(_ source: QueueUnderTest, to pool: any PoolDriver, turn: MoveTurn = .turn(1)) {
        self.source = source
        let route = source.ref.under(epoch: source.ref.epoch.value + 1)
        target = QueueUnderTest(pool: pool, ref: route, clock: source.clock)
        self.turn = turn
    }

    /// The move back.
    func reversed() -> MoveUnderTest {
        MoveUnderTest(target, to: source.pool, turn: MoveTurn(turn.value + 1))
    }

    private var from: any PoolDriver { source.pool }
    private var to: any PoolDriver { target.pool }
    private var now: Timestamp { source.now }

    @discardableResult
    func begin() async throws -> (CaptureStart, ShadowStart) {
        let capture = try await from.beginCapture(of: source.ref, for: turn.migration)
        return (capture, try await to.openShadow(of: target.ref, turn: turn, now: now))
    }

    /// Takes the turn, as another worker does.
    mutating func takeOver() async throws {
        turn = MoveTurn(turn.value + 1)
        #expect(try await to.openShadow(of: target.ref, turn: turn, now: now) == .continued)
    }

    /// Copies messages after this sequence, and says where to go on; nil if that was all.
    func copyPage(
        after sequence: MessageSequence, limit: Int = 500, bytes: Int = 1 << 20
    ) async throws -> MessageSequence? {
        let page = try await from.page(of: source.ref.life, after: sequence, limit: limit, bytes: bytes, now: now)
        #expect(page.count <= limit)
        try await put(.messages(page))
        return page.last?.sequence
    }

    func copyClaims(limit: Int = 100) async throws {
        try await put(QueuePart(claims: try await from.allClaims(of: source.ref.life, limit: limit, now: now)))
    }

    func copy(limit: Int = 500, bytes: Int = 1 << 20) async throws {
        var next: MessageSequence? = .start
        while let sequence = next { next = try await copyPage(after: sequence, limit: limit, bytes: bytes) }
        try await copyClaims()
    }

    private func put(_ part: QueuePart) async throws {
        try await to.import(part, into: source.ref.life, turn: turn, now: now)
    }

    /// Brings over what the oldest marks tell; false if there are none. `clears` or not, as a worker that dies does.
    @discardableResult
    func drainStep(limit: Int = 500, bytes: Int = 1 << 20, clears: Bool = true) async throws -> Bool {
        let changes = try await from.changes(
            of: source.ref, for: turn.migration, limit: limit, bytes: bytes, now: now)
        #expect(changes.part.count <= limit)
        try await put(changes.part)
        if clears { try await from.clearChanges(of: source.ref, for: turn.migration, through: changes.mark) }
        return !changes.part.isEmpty
    }

    func drain(limit: Int = 500, bytes: Int = 1 << 20) async throws {
        for _ in 0..<100_000 where try await !drainStep(limit: limit, bytes: bytes) { return }
        throw NeverEnds()
    }

    func fence() async throws {
        try await from.fence(source.ref, turn: turn)
    }

    /// What a worker does behind the fence, up to the switch.
    func finalise(isCapturing: Bool = false) async throws {
        let last = try await from.census(of: source.ref.life, now: now).last
        try await to.finalise(target.ref, turn: turn, last: last, isCapturing: isCapturing)
    }

    func markMoved() async throws {
        try await from.markMoved(source.ref, to: target.ref.epoch, turn: turn, now: now)
    }

    /// From the fence to the end.
    func cutOver(isCapturing: Bool = false) async throws {
        try await fence()
        try await drain()
        try await finalise(isCapturing: isCapturing)
        try await markMoved()
    }

    /// All of it, while nothing else happens.
    func perform(isCapturing: Bool = false) async throws {
        try await begin()
        try await copy()
        try await cutOver(isCapturing: isCapturing)
    }

    /// The source and its copy agree, now that neither changes.
    func expectAgreement(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let life = source.ref.life
        let original = try await from.copy(of: life, now: now)
        #expect(try await to.copy(of: life, now: now) == original, sourceLocation: sourceLocation)
    }
}

/// A driver, and another one that its queues move to.
struct MovePair: Sendable, CustomTestStringConvertible {
    let source: DriverUnderTest
    let target: DriverUnderTest

    var testDescription: String { "\(source.name) to \(target.name)" }

    /// From each driver to each.
    static let all = DriverUnderTest.all.flatMap { source in
        DriverUnderTest.all.map { MovePair(source: source, target: $0) }
    }

    /// Each driver as the source and as the target of the model, and of another pool of its own.
    static let essential = all.filter { pair in
        let names = [pair.source.name, pair.target.name]
        return names[0] == names[1] || names.contains("memory")
    }

    /// Works with a fresh queue on a pool of the one, and a pool of the other.
    func withQueue<Answer>(
        _ work: nonisolated(nonsending) (QueueUnderTest, any PoolDriver) async throws -> Answer
    ) async throws -> Answer {
        try await source.withPools(target) { from, to in
            try await work(try await .open(on: from, clock: ManualClock()), to)
        }
    }
}
