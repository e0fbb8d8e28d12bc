import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: fences") struct FenceTests {
    @Test("a fence refuses everything, and tells other epochs what it told them before", arguments: DriverUnderTest.all)
    func refuses(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let ids = try await queue.post("a", "b")
            let taken = try await queue.claim()
            let before = try await captured.pool.copy(of: queue.ref.life, now: queue.now)
            let marks = try await captured.changes()
            try await captured.pool.fence(queue.ref, turn: .turn(1))
            await QueueOperation.expectAll(.fenced, on: queue, as: queue.ref)
            await #expect(throws: StorageError.fenced) { try await queue.pool.open(queue.ref, now: queue.now) }
            await #expect(throws: StorageError.fenced) { _ = try await queue.delete(ids[0], holding: taken.id) }
            await #expect(throws: StorageError.fenced) { _ = try await queue.renew(taken.id) }
            for epoch: Int64 in [0, 2, 9] {
                await QueueOperation.expectAll(.staleRoute, on: queue, as: queue.ref.under(epoch: epoch))
            }
            #expect(try await captured.pool.copy(of: queue.ref.life, now: queue.now) == before)
            #expect(try await captured.changes() == marks)
            try await captured.pool.unfence(queue.ref, through: .turn(1))
            #expect(try await queue.everything() == before.messages)
            #expect(try await queue.delete(ids[0], holding: taken.id) == .deleted)
        }
    }

    @Test("a fence stays however much time passes", arguments: DriverUnderTest.all)
    func neverEnds(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a")
            try await captured.pool.fence(queue.ref, turn: .turn(1))
            for seconds in [1, 60, 100_000] {
                await #expect(throws: StorageError.fenced) { _ = try await queue.list() }
                queue.clock.advance(seconds: seconds)
                try await queue.collectAll()
            }
            await #expect(throws: StorageError.fenced) { try await queue.post("b") }
            #expect(try await captured.pool.held(queue.ref.life)?.fence == .turn(1))
        }
    }

    @Test("only the migration that captures may fence", arguments: DriverUnderTest.all)
    func needsCapture(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            await #expect(throws: StorageError.queueNotOpen) { try await pool.fence(.fresh(), turn: .turn(1)) }
            await #expect(throws: StorageError.staleRoute) { try await pool.fence(queue.ref, turn: .turn(1)) }
            _ = try await pool.beginCapture(of: queue.ref, for: 7)
            for turn in [MoveTurn.turn(1, of: 6), .turn(1, of: 8)] {
                await #expect(throws: StorageError.staleRoute) { try await pool.fence(queue.ref, turn: turn) }
            }
            await #expect(throws: StorageError.staleRoute) {
                try await pool.fence(queue.ref.under(epoch: 2), turn: .turn(1))
            }
            try await queue.post("not fenced")
            while try await pool.endCapture(of: queue.ref, for: 7, limit: 9) {}
            await #expect(throws: StorageError.staleRoute) { try await pool.fence(queue.ref, turn: .turn(2)) }
            try await queue.post("not fenced")
        }
    }

    @Test("a fence is raised by a later turn and not lowered by an earlier one", arguments: DriverUnderTest.all)
    func isMonotonic(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let pool = captured.pool
            try await pool.fence(queue.ref, turn: .turn(1))
            try await pool.fence(queue.ref, turn: .turn(3))
            try await pool.fence(queue.ref, turn: .turn(2))
            #expect(try await pool.held(queue.ref.life)?.fence == .turn(3))
            try await pool.unfence(queue.ref, through: .turn(2))
            await #expect(throws: StorageError.fenced) { _ = try await queue.list() }
            try await pool.unfence(queue.ref, through: .turn(3))
            #expect(try await queue.list().isEmpty)
            #expect(try await pool.held(queue.ref.life)?.fence == nil)
        }
    }

    @Test("a turn that was told to lift its fence cannot fence any more", arguments: DriverUnderTest.all)
    func lateFence(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let pool = captured.pool
            try await pool.unfence(queue.ref, through: .turn(5))
            for turn in [1, 4, 5] {
                await #expect(throws: StorageError.staleRoute) { try await pool.fence(queue.ref, turn: .turn(turn)) }
            }
            try await queue.post("not fenced")
            try await pool.fence(queue.ref, turn: .turn(6))
            try await pool.unfence(queue.ref, through: .turn(3))
            await #expect(throws: StorageError.fenced) { _ = try await queue.list() }
            try await pool.unfence(queue.ref, through: .turn(9))
            await #expect(throws: StorageError.staleRoute) { try await pool.fence(queue.ref, turn: .turn(8)) }
            #expect(try await queue.list().texts == ["not fenced"])
        }
    }

    @Test("what was told to a turn is remembered from one capture to the next", arguments: DriverUnderTest.all)
    func remembered(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            try await pool.unfence(queue.ref, through: .turn(2))
            _ = try await pool.beginCapture(of: queue.ref, for: 7)
            await #expect(throws: StorageError.staleRoute) { try await pool.fence(queue.ref, turn: .turn(2)) }
            while try await pool.endCapture(of: queue.ref, for: 7, limit: 9) {}
            _ = try await pool.beginCapture(of: queue.ref, for: 7)
            await #expect(throws: StorageError.staleRoute) { try await pool.fence(queue.ref, turn: .turn(1)) }
            try await pool.fence(queue.ref, turn: .turn(3))
            await #expect(throws: StorageError.fenced) { _ = try await queue.list() }
        }
    }

    @Test("a fenced queue goes on being captured and collected", arguments: DriverUnderTest.all)
    func goesOn(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("brief", ttl: 60)
            try await queue.post("long")
            try await captured.pool.fence(queue.ref, turn: .turn(1))
            #expect(try await captured.pool.beginCapture(of: queue.ref, for: CapturedQueue.migration) == .continued)
            queue.clock.advance(seconds: 60)
            try await queue.collectAll()
            #expect(try await captured.pool.census(of: queue.ref.life, now: queue.now).stats.total == 1)
            #expect(try await captured.news().messages.texts == ["long"])
        }
    }

    @Test("a fence ends when a later migration captures, or when the queue ends", arguments: DriverUnderTest.all)
    func otherEnds(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await captured.pool.fence(queue.ref, turn: .turn(1))
            #expect(try await captured.pool.beginCapture(of: queue.ref, for: 8) == .began)
            try await queue.post("served")
            try await captured.pool.fence(queue.ref, turn: .turn(1, of: 8))
            await #expect(throws: StorageError.staleRoute) {
                try await queue.pool.retire(queue.ref.under(epoch: 0), now: queue.now)
            }
            try await queue.pool.retire(queue.ref, now: queue.now)
            await QueueOperation.expectAll(.staleRoute, on: queue, as: queue.ref)
        }
    }
}
