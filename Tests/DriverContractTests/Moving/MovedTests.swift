import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: what was left") struct MovedTests {
    @Test("a queue that has moved serves nobody and keeps what it holds", arguments: DriverUnderTest.all)
    func moved(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let pool = captured.pool
            try await queue.post(count: 4)
            _ = try await queue.claim(2)
            let copy = try await pool.copy(of: queue.ref.life, now: queue.now)
            try await pool.fence(queue.ref, turn: .turn(1))
            for turn in [1, 3] {
                try await pool.markMoved(queue.ref, to: Epoch(2), turn: .turn(turn), now: queue.now)
            }
            await queue.expectServesNobody()
            #expect(try await pool.copy(of: queue.ref.life, now: queue.now) == copy)
            let held = try #require(try await pool.held(queue.ref.life))
            #expect(held.capture == nil && held.fence == nil && held.epoch == Epoch(2))
            await #expect(throws: StorageError.staleRoute) { _ = try await captured.changes() }
            await #expect(throws: StorageError.staleRoute) {
                _ = try await pool.beginCapture(of: queue.ref.under(epoch: 2), for: 9)
            }
            await #expect(throws: StorageError.staleRoute) { try await pool.fence(queue.ref, turn: .turn(9)) }
            #expect(try await pool.endCapture(of: queue.ref, for: CapturedQueue.migration, limit: 9) == false)
            try? await pool.unfence(queue.ref, through: .turn(9))
            await queue.expectServesNobody()
        }
    }

    @Test("only a fenced queue is marked as moved, by the migration that fenced it", arguments: DriverUnderTest.all)
    func notFenced(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            func markMoved(_ ref: QueueRef, _ turn: MoveTurn) async throws {
                try await captured.pool.markMoved(ref, to: Epoch(2), turn: turn, now: queue.now)
            }
            try await queue.post("a")
            await #expect(throws: StorageError.staleRoute) { try await markMoved(queue.ref, .turn(1)) }
            try await captured.pool.fence(queue.ref, turn: .turn(2))
            for turn in [MoveTurn.turn(2, of: 6), .turn(2, of: 8)] {
                await #expect(throws: StorageError.staleRoute) { try await markMoved(queue.ref, turn) }
            }
            await #expect(throws: StorageError.staleRoute) { try await markMoved(queue.ref.under(epoch: 2), .turn(2)) }
            await #expect(throws: StorageError.queueNotOpen) { try await markMoved(.fresh(), .turn(2)) }
            try await captured.pool.unfence(queue.ref, through: .turn(2))
            await #expect(throws: StorageError.staleRoute) { try await markMoved(queue.ref, .turn(2)) }
            #expect(try await queue.list().texts == ["a"])
        }
    }

    @Test("what was left is cleared in steps, and the role stays for its time", arguments: DriverUnderTest.all)
    func tombstone(driver: DriverUnderTest) async throws {
        try await driver.withMoved { queue, pool in
            let life = queue.ref.life
            await #expect(throws: StorageError.staleRoute) {
                _ = try await pool.clear(life, turn: .turn(9, of: 6), limit: 3)
            }
            try await pool.clearAll(life, turn: .turn(2), limit: 3, now: queue.now)
            #expect(try await pool.copy(of: life, now: queue.now) == QueueCopy())
            #expect(try await pool.clear(life, turn: .turn(2), limit: 3) == false)
            #expect(try await pool.held(life) == nil)
            queue.clock.advance(seconds: Limits.tombstoneSeconds)
            try await queue.collectAll()
            await queue.expectServesNobody()
            queue.clock.advance(seconds: 1)
            try await queue.collectAll()
            await #expect(throws: StorageError.queueNotOpen) { _ = try await queue.list() }
            await #expect(throws: StorageError.queueNotOpen) { _ = try await pool.census(of: life, now: queue.now) }
        }
    }

    @Test("what was left stays until it is cleared", arguments: DriverUnderTest.all)
    func stays(driver: DriverUnderTest) async throws {
        try await driver.withMoved { queue, pool in
            queue.clock.advance(seconds: Limits.tombstoneSeconds + 1)
            try await queue.collectAll()
            await queue.expectServesNobody()
            #expect(try await pool.held(queue.ref.life)?.role == .moved(.turn(1)))
        }
    }

    @Test("retiring ends a queue that has moved, and a shadow", arguments: DriverUnderTest.all, [false, true])
    func retired(driver: DriverUnderTest, isShadow: Bool) async throws {
        func end(_ queue: QueueUnderTest, _ pool: any PoolDriver) async throws {
            try await queue.pool.retire(queue.ref, now: queue.now)
            await queue.expectServesNobody()
            #expect(try await pool.copy(of: queue.ref.life, now: queue.now) == QueueCopy())
            #expect(try await pool.held(queue.ref.life) == nil)
            await pool.expectNoShadow(of: queue.ref.under(epoch: 3), .turn(9), now: queue.now)
            #expect(try await pool.clear(queue.ref.life, turn: .turn(9), limit: 9) == false)
            try await queue.collectAll()
            await queue.expectServesNobody()
        }
        guard isShadow else { return try await driver.withMoved(end) }
        try await driver.withShadow { shadow, pool in
            try await pool.import(.two, into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            try await end(shadow, pool)
        }
    }
}
