import TestSupport
import Testing
import WeirDomain
import WeirStorage

extension MovablePool {
    /// Clears to the end, in steps that remove no more than they may.
    func clearAll(_ life: QueueLife, turn: MoveTurn, limit: Int, now: Timestamp) async throws {
        func records() async throws -> Int {
            let copy = try await copy(of: life, now: now)
            return copy.messages.count + copy.claims.count
        }
        var before = try await records()
        for _ in 0..<1000 {
            guard try await clear(life, turn: turn, limit: limit) else { return }
            let after = try await records()
            #expect(before - after <= limit)
            before = after
        }
        throw NeverEnds()
    }
}

@Suite("Moving: clearing") struct ClearTests {
    @Test("nothing remains of a shadow, whoever of its migration clears it", arguments: DriverUnderTest.all, [1, 4])
    func shadow(driver: DriverUnderTest, turn: Int) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            try await fill(life, in: pool, now: shadow.now)
            try await pool.clearAll(life, turn: .turn(turn), limit: 3, now: shadow.now)
            await #expect(throws: StorageError.queueNotOpen) { _ = try await pool.census(of: life, now: shadow.now) }
            await #expect(throws: StorageError.queueNotOpen) { _ = try await shadow.list() }
            #expect(try await pool.held(life) == nil)
            #expect(try await pool.clear(life, turn: .turn(turn), limit: 3) == false)
            #expect(try await pool.openShadow(of: shadow.ref, turn: .turn(9), now: shadow.now) == .fresh)
            #expect(try await pool.copy(of: life, now: shadow.now) == QueueCopy())
        }
    }

    @Test("an earlier turn cannot clear, and nothing is gone", arguments: DriverUnderTest.all)
    func earlierTurn(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            try await fill(life, in: pool, now: shadow.now)
            _ = try await pool.openShadow(of: shadow.ref, turn: .turn(3), now: shadow.now)
            let copy = try await pool.copy(of: life, now: shadow.now)
            for turn in [MoveTurn.turn(2), .turn(9, of: 6)] {
                await #expect(throws: StorageError.staleRoute) {
                    _ = try await pool.clear(life, turn: turn, limit: 3)
                }
            }
            #expect(try await pool.copy(of: life, now: shadow.now) == copy)
        }
    }

    @Test("what has begun to be cleared is not continued", arguments: DriverUnderTest.all)
    func notContinued(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            try await fill(life, in: pool, now: shadow.now)
            // A step that is large enough may be the only one.
            let isLeft = try await pool.clear(life, turn: .turn(2), limit: 1)
            await #expect(throws: StorageError.self) {
                try await pool.import(.third, into: life, turn: .turn(1), now: shadow.now)
            }
            let start = try await pool.openShadow(of: shadow.ref, turn: .turn(3), now: shadow.now)
            #expect(start == (isLeft ? .leftover : .fresh))
        }
    }

    @Test("what is served is not cleared", arguments: DriverUnderTest.all)
    func served(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a")
            await #expect(throws: StorageError.staleRoute) {
                _ = try await captured.pool.clear(queue.ref.life, turn: .turn(9), limit: 3)
            }
            try await captured.pool.fence(queue.ref, turn: .turn(1))
            await #expect(throws: StorageError.staleRoute) {
                _ = try await captured.pool.clear(queue.ref.life, turn: .turn(9), limit: 3)
            }
            try await captured.pool.unfence(queue.ref, through: .turn(1))
            #expect(try await queue.list().texts == ["a"])
            #expect(try await captured.pool.clear(QueueRef.fresh().life, turn: .turn(9), limit: 3) == false)
            try await queue.pool.retire(queue.ref, now: queue.now)
            #expect(try await captured.pool.clear(queue.ref.life, turn: .turn(9), limit: 3) == false)
        }
    }

    @Test("what is finalised is cleared only after it has become a shadow again", arguments: DriverUnderTest.all)
    func finalised(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            try await fill(life, in: pool, now: shadow.now)
            _ = try await pool.openShadow(of: shadow.ref, turn: .turn(2), now: shadow.now)
            try await pool.finalise(shadow.ref, turn: .turn(2), last: .start, isCapturing: true)
            try await shadow.post(count: 4)
            for turn in [1, 2, 3, MoveTurn.maximum] {
                await #expect(throws: StorageError.staleRoute) {
                    _ = try await pool.clear(life, turn: .turn(turn), limit: 3)
                }
            }
            #expect(try await shadow.everything().count == 9)
            #expect(try await pool.openShadow(of: shadow.ref, turn: .turn(3), now: shadow.now) == .continued)
            await shadow.expectServesNobody()
            if try await pool.clear(life, turn: .turn(3), limit: 1) {
                await shadow.expectServesNobody()
            }
            while try await pool.clear(life, turn: .turn(3), limit: 3) {}
            await #expect(throws: StorageError.queueNotOpen) { _ = try await shadow.list() }
            #expect(try await pool.held(life) == nil)
        }
    }

    /// Five messages, three of them in two claims.
    private func fill(_ life: QueueLife, in pool: any PoolDriver, now: Timestamp) async throws {
        let end = now.adding(seconds: 60)
        let claims = [[1, 2], [4]].map { (sequences: [Int64]) in
            MovedClaim(id: .fresh(), ttl: 60, renewed: now, until: end, messages: sequences.map(MessageSequence.init))
        }
        let messages = (1...5).map { (sequence: Int64) in
            let holder = claims.first { $0.messages.contains(MessageSequence(sequence)) }
            return holder.map { Message.made(sequence).held(by: $0.id, until: end) } ?? .made(sequence)
        }
        try await pool.import(QueuePart(messages: messages, claims: claims), into: life, turn: .turn(1), now: now)
    }
}
