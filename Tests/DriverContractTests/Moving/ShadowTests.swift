import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: opening a shadow") struct ShadowTests {
    @Test("a new shadow is empty and serves nobody", arguments: DriverUnderTest.all)
    func fresh(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            await shadow.expectServesNobody()
            try await pool.import(.two, into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            await shadow.expectServesNobody()
            #expect(try await pool.copy(of: shadow.ref.life, now: shadow.now).messages == QueuePart.two.messages)
            let held = try await pool.held(shadow.ref.life)
            #expect(held == HeldLife(life: shadow.ref.life, epoch: shadow.ref.epoch, role: .importing(.turn(1))))
        }
    }

    @Test("a queue that is served or has ended is no shadow", arguments: DriverUnderTest.all)
    func served(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            try await queue.post("a")
            for epoch: Int64 in [1, 2] {
                await pool.expectNoShadow(of: queue.ref.under(epoch: epoch), .turn(1), now: queue.now)
            }
            #expect(try await queue.list().texts == ["a"])
            try await queue.pool.retire(queue.ref, now: queue.now)
            await pool.expectNoShadow(of: queue.ref.under(epoch: 2), .turn(1), now: queue.now)
        }
    }

    @Test("the same migration goes on with what is there, and shuts out earlier turns", arguments: DriverUnderTest.all)
    func continued(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            try await pool.import(.two, into: life, turn: .turn(1), now: shadow.now)
            for turn in [1, 3] {
                #expect(try await pool.openShadow(of: shadow.ref, turn: .turn(turn), now: shadow.now) == .continued)
            }
            #expect(try await pool.held(life)?.role == .importing(.turn(3)))
            for turn in [1, 2] {
                await pool.expectNoShadow(of: shadow.ref, .turn(turn), now: shadow.now)
                await #expect(throws: StorageError.staleRoute) {
                    try await pool.import(.third, into: life, turn: .turn(turn), now: shadow.now)
                }
                await #expect(throws: StorageError.staleRoute) {
                    try await pool.finalise(shadow.ref, turn: .turn(turn), last: .start, isCapturing: false)
                }
            }
            #expect(try await pool.copy(of: life, now: shadow.now).messages == QueuePart.two.messages)
            try await pool.import(.third, into: life, turn: .turn(3), now: shadow.now)
            #expect(try await pool.copy(of: life, now: shadow.now).messages.count == 3)
        }
    }

    @Test("what another migration has left is not touched", arguments: DriverUnderTest.all)
    func leftover(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            try await pool.import(.two, into: life, turn: .turn(1), now: shadow.now)
            await pool.expectNoShadow(of: shadow.ref, .turn(9, of: 6), now: shadow.now)
            #expect(try await pool.openShadow(of: shadow.ref, turn: .turn(1, of: 8), now: shadow.now) == .leftover)
            #expect(try await pool.held(life)?.role == .importing(.turn(1)))
            try await pool.import(.third, into: life, turn: .turn(1), now: shadow.now)
            #expect(try await pool.copy(of: life, now: shadow.now).messages.count == 3)
            while try await pool.clear(life, turn: .turn(1, of: 8), limit: 2) {}
            #expect(try await pool.openShadow(of: shadow.ref, turn: .turn(1, of: 8), now: shadow.now) == .fresh)
            #expect(try await pool.copy(of: life, now: shadow.now) == QueueCopy())
        }
    }

    @Test("a shadow that was finalised in vain imports again", arguments: DriverUnderTest.all)
    func finalisedInVain(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            try await pool.import(.two, into: life, turn: .turn(1), now: shadow.now)
            try await pool.finalise(shadow.ref, turn: .turn(1), last: MessageSequence(9), isCapturing: true)
            try await shadow.post("marked")
            await pool.expectNoShadow(of: shadow.ref, .turn(1), now: shadow.now)
            await pool.expectNoShadow(of: shadow.ref, .turn(1, of: 8), now: shadow.now)
            await pool.expectNoShadow(of: shadow.ref.under(epoch: 3), .turn(2), now: shadow.now)
            #expect(try await shadow.everything().count == 3)
            #expect(try await pool.openShadow(of: shadow.ref, turn: .turn(2), now: shadow.now) == .continued)
            let held = HeldLife(life: life, epoch: shadow.ref.epoch, role: .importing(.turn(2)))
            #expect(try await pool.held(life) == held)
            await shadow.expectServesNobody()
            try await pool.import(.third, into: life, turn: .turn(2), now: shadow.now)
            try await pool.finalise(shadow.ref, turn: .turn(2), last: MessageSequence(9), isCapturing: true)
            #expect(try await shadow.everything().texts == ["1", "2", "3", "marked"])
            let changes = try await pool.changes(of: shadow.ref, for: 7, limit: 9, bytes: plenty, now: shadow.now)
            #expect(changes.part.isEmpty && changes.left == 0, "marks of the capture before are over")
        }
    }

    @Test("what has moved away comes back to the copy that it left", arguments: DriverUnderTest.all)
    func movedBack(driver: DriverUnderTest) async throws {
        try await driver.withMoved { queue, pool in
            let copy = try await pool.copy(of: queue.ref.life, now: queue.now)
            await pool.expectNoShadow(of: queue.ref.under(epoch: 2), .turn(5), now: queue.now)
            await pool.expectNoShadow(of: queue.ref.under(epoch: 3), .turn(5, of: 6), now: queue.now)
            let back = queue.ref.under(epoch: 3)
            #expect(try await pool.openShadow(of: back, turn: .turn(5), now: queue.now) == .continued)
            await queue.expectServesNobody()
            #expect(try await pool.copy(of: queue.ref.life, now: queue.now) == copy)
            try await pool.finalise(back, turn: .turn(5), last: MessageSequence(20), isCapturing: false)
            let again = QueueUnderTest(pool: queue.pool, ref: back, clock: queue.clock)
            #expect(try await again.everything() == copy.messages)
            #expect(try await again.post("next")[0].sequence.value == 21)
        }
    }

    @Test("what has moved away by an earlier migration must be cleared first", arguments: DriverUnderTest.all)
    func movedByEarlier(driver: DriverUnderTest) async throws {
        try await driver.withMoved { queue, pool in
            let life = queue.ref.life
            let back = queue.ref.under(epoch: 3)
            #expect(try await pool.openShadow(of: back, turn: .turn(1, of: 8), now: queue.now) == .leftover)
            #expect(try await pool.held(life)?.role == .moved(.turn(1)))
            // A pool that clears all at once has nothing left over.
            if try await pool.clear(life, turn: .turn(1, of: 8), limit: 1) {
                #expect(try await pool.openShadow(of: back, turn: .turn(1, of: 8), now: queue.now) == .leftover)
                #expect(try await pool.openShadow(of: back, turn: .turn(9), now: queue.now) == .leftover, "no copy now")
            }
            while try await pool.clear(life, turn: .turn(1, of: 8), limit: 1) {}
            await pool.expectNoShadow(of: queue.ref.under(epoch: 2), .turn(1, of: 8), now: queue.now)
            #expect(try await pool.openShadow(of: back, turn: .turn(1, of: 8), now: queue.now) == .fresh)
            #expect(try await pool.copy(of: life, now: queue.now) == QueueCopy())
            #expect(try await pool.held(life)?.role == .importing(.turn(1, of: 8)))
        }
    }
}
