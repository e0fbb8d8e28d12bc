import TestSupport
import Testing
import WeirDomain
import WeirStorage

extension MoveTurn {
    /// A turn of the migration that most tests are about.
    static func turn(_ turn: Int, of migration: Int64 = 7) -> MoveTurn {
        MoveTurn(migration: migration, turn: turn)
    }
}

/// Bytes that no page of a test has.
let plenty = 1 << 30

/// All that moves with a queue, in a form that can be compared.
struct QueueCopy: Equatable {
    var messages: [Message] = []
    /// In the order of their ids, with those of their messages that are there.
    var claims: [MovedClaim] = []
    var stats = QueueStats.empty
}

extension MovablePool {
    func copy(of life: QueueLife, now: Timestamp) async throws -> QueueCopy {
        var copy = QueueCopy()
        copy.messages = try await page(of: life, after: .start, limit: 1_000_000, bytes: plenty, now: now)
        let present = Set(copy.messages.map(\.sequence))
        copy.claims = try await allClaims(of: life, now: now).sorted { $0.id.text < $1.id.text }.map { claim in
            MovedClaim(
                id: claim.id, ttl: claim.ttl, renewed: claim.renewed, until: claim.until,
                messages: claim.messages.filter(present.contains))
        }
        copy.stats = try await census(of: life, now: now).stats
        return copy
    }

    func allClaims(of life: QueueLife, limit: Int = 100, now: Timestamp) async throws -> [MovedClaim] {
        var found: [MovedClaim] = []
        var cursor: [UInt8]?
        for _ in 0..<10_000 {
            let page = try await claims(of: life, after: cursor, limit: limit, now: now)
            #expect(page.claims.count <= limit)
            found += page.claims
            cursor = page.next
            if cursor == nil { return found }
        }
        throw NeverEnds()
    }

    /// The roles of these lives that the pool knows, whatever else it holds.
    func held(_ life: QueueLife) async throws -> HeldLife? {
        try await lives(after: QueueLife(life.value - 1), limit: 1).first { $0.life == life }
    }
}

/// Something is done again and again, and there is always more to do.
struct NeverEnds: Error {}

/// A queue whose changes are captured.
struct CapturedQueue {
    static let migration: Int64 = 7

    let queue: QueueUnderTest
    var pool: any PoolDriver { queue.pool }

    static func begin(on queue: QueueUnderTest) async throws -> CapturedQueue {
        let captured = CapturedQueue(queue: queue)
        #expect(try await captured.pool.beginCapture(of: queue.ref, for: migration) == .began)
        return captured
    }

    func changes(limit: Int = 1000, bytes: Int = plenty) async throws -> QueueChanges {
        try await pool.changes(of: queue.ref, for: Self.migration, limit: limit, bytes: bytes, now: queue.now)
    }

    func clear(through mark: Int64) async throws {
        try await pool.clearChanges(of: queue.ref, for: Self.migration, through: mark)
    }

    /// What has changed since it was asked before.
    func news() async throws -> QueuePart {
        let changes = try await changes()
        #expect(changes.left == 0)
        try await clear(through: changes.mark)
        return changes.part
    }
}

extension DriverUnderTest {
    /// Works with a fresh queue whose changes are captured.
    func withCapture<Answer>(
        _ work: nonisolated(nonsending) (CapturedQueue, QueueUnderTest) async throws -> Answer
    ) async throws -> Answer {
        try await withQueue { queue in try await work(try await .begin(on: queue), queue) }
    }
}

extension QueuePart {
    static func messages(_ messages: [Message]) -> QueuePart { QueuePart(messages: messages) }
}
