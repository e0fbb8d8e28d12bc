import RedisDriver
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// A queue on one server, and its copy on another.
struct MoveUnderTest {
    let source: RedisDriver
    let target: RedisDriver
    let servers: (source: RedisServer, target: RedisServer)
    let queue: QueueUnderTest
    let turn = MoveTurn(migration: 7, turn: 1)

    /// The route that is to be.
    var moved: QueueRef { queue.ref.under(epoch: 2) }
    /// The queue as it is after the move.
    var arrived: QueueUnderTest { QueueUnderTest(pool: target, ref: moved, clock: queue.clock) }
    var life: QueueLife { queue.ref.life }

    /// Captures changes and opens the shadow.
    func begin() async throws {
        #expect(try await source.beginCapture(of: queue.ref, for: turn.migration) == .began)
        #expect(try await target.openShadow(of: moved, turn: turn, now: queue.now) == .fresh)
    }

    func carryOver(_ part: QueuePart) async throws {
        try await target.import(part, into: life, turn: turn, now: queue.now)
    }

    func copyClaims(limit: Int = 10) async throws {
        var cursor: [UInt8]?
        repeat {
            let page = try await source.claims(of: life, after: cursor, limit: limit, now: queue.now)
            try await carryOver(QueuePart(claims: page.claims))
            cursor = page.next
        } while cursor != nil
    }

    func copyMessages(limit: Int = 10) async throws {
        var last = MessageSequence.start
        while true {
            let page = try await source.page(of: life, after: last, limit: limit, bytes: 4096, now: queue.now)
            guard let next = page.last else { return }
            try await carryOver(QueuePart(messages: page))
            last = next.sequence
        }
    }

    /// Carries over until no mark is left.
    func carryChangesOver(limit: Int = 10) async throws {
        while true {
            let changes = try await source.changes(
                of: queue.ref, for: turn.migration, limit: limit, bytes: 4096, now: queue.now)
            guard !changes.part.isEmpty else { return }
            try await carryOver(changes.part)
            try await source.clearChanges(of: queue.ref, for: turn.migration, through: changes.mark)
        }
    }

    /// Fences, carries over what is left, and serves the copy.
    func cutOver(isCapturing: Bool = false) async throws {
        try await source.fence(queue.ref, turn: turn)
        try await carryChangesOver()
        let last = try await source.census(of: life, now: queue.now).last
        try await target.finalise(moved, turn: turn, last: last, isCapturing: isCapturing)
    }

    /// All messages that the pool holds, and all claims by their ids.
    func contents(of pool: RedisDriver) async throws -> ([Message], [ClaimID: MovedClaim]) {
        let messages = try await pool.page(
            of: life, after: .start, limit: 100_000, bytes: 1 << 30, now: queue.now)
        var claims: [ClaimID: MovedClaim] = [:]
        var cursor: [UInt8]?
        repeat {
            let page = try await pool.claims(of: life, after: cursor, limit: 100, now: queue.now)
            for claim in page.claims { claims[claim.id] = claim }
            cursor = page.next
        } while cursor != nil
        return (messages, claims)
    }

    func expectEqualCopies() async throws {
        let (there, here) = (try await contents(of: source), try await contents(of: target))
        #expect(there.0 == here.0)
        #expect(there.1 == here.1)
        let counts = try await source.census(of: life, now: queue.now)
        #expect(try await target.census(of: life, now: queue.now) == counts)
        for pool in [source, target] {
            #expect(try await pool.inspect(life, repairing: false, now: queue.now).isEmpty)
        }
    }
}

/// Works with a move between two fresh servers.
func withMove(_ work: nonisolated(nonsending) (MoveUnderTest) async throws -> Void) async throws {
    let settings = RedisServer.Settings(isDurable: false)
    try await withServer(settings) { first in
        try await withServer(settings) { second in
            let source = try #require(try await openPool(first.uri) as? RedisDriver)
            let target = try #require(try await openPool(second.uri) as? RedisDriver)
            do {
                let queue = try await QueueUnderTest.open(on: source, clock: ManualClock())
                try await work(
                    MoveUnderTest(source: source, target: target, servers: (first, second), queue: queue))
            } catch {
                await source.shutdown()
                await target.shutdown()
                throw error
            }
            await source.shutdown()
            await target.shutdown()
        }
    }
}
