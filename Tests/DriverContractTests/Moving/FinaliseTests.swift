import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: finalising") struct FinaliseTests {
    @Test("sequences go on above what was given out and what is there", arguments: DriverUnderTest.all, [0, 5, 99])
    func sequence(driver: DriverUnderTest, last: Int64) async throws {
        try await driver.withShadow { shadow, pool in
            let part = QueuePart.messages([.made(3), .made(8)])
            try await pool.import(part, into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            try await pool.finalise(shadow.ref, turn: .turn(1), last: MessageSequence(last), isCapturing: false)
            #expect(try await shadow.lastSequence() == max(8, last))
            #expect(try await shadow.post("a", "b").map(\.sequence.value) == [max(8, last) + 1, max(8, last) + 2])
        }
    }

    @Test("an empty queue remembers its last sequence too", arguments: DriverUnderTest.all)
    func empty(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            try await pool.finalise(shadow.ref, turn: .turn(1), last: MessageSequence(41), isCapturing: false)
            #expect(try await pool.census(of: shadow.ref.life, now: shadow.now).last.value == 41)
            #expect(try await shadow.stats() == .empty)
            #expect(try await shadow.post("a")[0].sequence.value == 42)
        }
    }

    @Test("finalising again changes nothing", arguments: DriverUnderTest.all)
    func again(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            try await pool.import(.two, into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            for _ in 1...2 {
                try await pool.finalise(shadow.ref, turn: .turn(1), last: MessageSequence(2), isCapturing: true)
                try await shadow.pool.open(shadow.ref, now: shadow.now)
                try await shadow.post("x")
            }
            #expect(try await shadow.everything().map(\.sequence.value) == [1, 2, 3, 4])
            let changes = try await pool.changes(of: shadow.ref, for: 7, limit: 9, bytes: plenty, now: shadow.now)
            #expect(changes.part.messages.map(\.sequence.value) == [3, 4])
        }
    }

    @Test("only the turn that holds the shadow finalises it", arguments: DriverUnderTest.all)
    func wrongTurn(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            func finalise(_ ref: QueueRef, _ turn: MoveTurn) async throws {
                try await pool.finalise(ref, turn: turn, last: .start, isCapturing: false)
            }
            let wrong = [MoveTurn.turn(0), .turn(2), .turn(1, of: 6), .turn(1, of: 8)]
            for turn in wrong {
                await #expect(throws: StorageError.staleRoute) { try await finalise(shadow.ref, turn) }
            }
            await shadow.expectServesNobody()
            try await finalise(shadow.ref, .turn(1))
            for turn in wrong {
                await #expect(throws: StorageError.staleRoute) { try await finalise(shadow.ref, turn) }
            }
            await #expect(throws: StorageError.self) { try await finalise(.fresh(), .turn(1)) }
            let served = try await shadow.sibling()
            await #expect(throws: StorageError.staleRoute) { try await finalise(served.ref, .turn(1)) }
        }
    }

    @Test("it serves its epoch and no other", arguments: DriverUnderTest.all)
    func epoch(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            try await pool.finalise(shadow.ref, turn: .turn(1), last: .start, isCapturing: false)
            for epoch: Int64 in [1, 3] {
                await QueueOperation.expectAll(.staleRoute, on: shadow, as: shadow.ref.under(epoch: epoch))
            }
            try await shadow.post("a")
            await #expect(throws: StorageError.staleRoute) {
                _ = try await pool.changes(of: shadow.ref, for: 7, limit: 9, bytes: plenty, now: shadow.now)
            }
            let held = try await pool.held(shadow.ref.life)
            #expect(held == HeldLife(life: shadow.ref.life, epoch: Epoch(2), role: .serving))
        }
    }

    @Test("it is captured from the first change on, if that is wanted", arguments: DriverUnderTest.all)
    func capturing(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            try await pool.import(.two, into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            try await pool.finalise(shadow.ref, turn: .turn(1), last: .start, isCapturing: true)
            #expect(try await pool.held(shadow.ref.life)?.capture == 7)
            #expect(try await shadow.pop(1).count == 1)
            #expect(try await pool.beginCapture(of: shadow.ref, for: 7) == .continued)
            let changes = try await pool.changes(of: shadow.ref, for: 7, limit: 9, bytes: plenty, now: shadow.now)
            #expect(changes.part == QueuePart(goneMessages: [MessageSequence(1)]))
            try await pool.fence(shadow.ref, turn: .turn(2))
            await #expect(throws: StorageError.fenced) { _ = try await shadow.list() }
        }
    }
}
