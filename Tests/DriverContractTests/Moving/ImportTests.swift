import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: imports") struct ImportTests {
    @Test("only the turn that holds the shadow imports", arguments: DriverUnderTest.all)
    func wrongTurn(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            for turn in [MoveTurn.turn(0), .turn(2), .turn(1, of: 6), .turn(1, of: 8)] {
                await #expect(throws: StorageError.staleRoute, "\(turn)") {
                    try await pool.import(.two, into: life, turn: turn, now: shadow.now)
                }
            }
            #expect(try await pool.copy(of: life, now: shadow.now) == QueueCopy())
            try await pool.import(.two, into: life, turn: .turn(1), now: shadow.now)
            try await pool.finalise(shadow.ref, turn: .turn(1), last: .start, isCapturing: false)
            await #expect(throws: StorageError.staleRoute) {
                try await pool.import(.third, into: life, turn: .turn(1), now: shadow.now)
            }
            #expect(try await shadow.everything() == QueuePart.two.messages)
        }
    }

    @Test("nothing is imported into what is no shadow", arguments: DriverUnderTest.all)
    func noShadow(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            await #expect(throws: StorageError.staleRoute) {
                try await pool.import(.two, into: queue.ref.life, turn: .turn(1), now: queue.now)
            }
            await #expect(throws: StorageError.self) {
                try await pool.import(.two, into: QueueRef.fresh().life, turn: .turn(1), now: queue.now)
            }
            #expect(try await queue.everything().isEmpty)
            try await queue.pool.retire(queue.ref, now: queue.now)
            await #expect(throws: StorageError.staleRoute) {
                try await pool.import(.two, into: queue.ref.life, turn: .turn(1), now: queue.now)
            }
        }
    }

    @Test("a part replaces and removes, and may come twice", arguments: DriverUnderTest.all)
    func replaces(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let life = shadow.ref.life
            let end = shadow.now.adding(seconds: 60)
            let claim = MovedClaim(
                id: .fresh(), ttl: 60, renewed: shadow.now, until: end,
                messages: [2, 4].map(MessageSequence.init))
            let first = QueuePart(
                messages: (1...6).map { $0 == 2 || $0 == 4 ? .made($0).held(by: claim.id, until: end) : .made($0) },
                claims: [claim])
            // 2 was released, 1 deleted, 3 claimed, 9 is new, and 7 was deleted before it was ever copied.
            let other = MovedClaim(
                id: .fresh(), ttl: 90, renewed: shadow.now, until: shadow.now.adding(seconds: 90),
                messages: [MessageSequence(3)])
            var released = Message.made(2)
            released.claimCount = 1
            let second = QueuePart(
                messages: [released, .made(3).held(by: other.id, until: other.until), .made(9)],
                goneMessages: [MessageSequence(1), MessageSequence(7)], claims: [other], goneClaims: [.fresh()])
            for part in [first, first, second, second] {
                try await pool.import(part, into: life, turn: .turn(1), now: shadow.now)
            }
            let copy = try await pool.copy(of: life, now: shadow.now)
            #expect(copy.messages == second.messages.prefix(2) + first.messages[3...5] + second.messages.suffix(1))
            #expect(Set(copy.claims.map(\.id)) == [claim.id, other.id])
            #expect(copy.stats.claimed == 2 && copy.stats.free == 4)
            try await pool.finalise(shadow.ref, turn: .turn(1), last: .start, isCapturing: false)
            #expect(try await shadow.list().map(\.sequence.value) == [2, 5, 6, 9])
            #expect(try await shadow.show(claim.id)?.messages.map(\.sequence.value) == [4])
            #expect(try await shadow.claim(9).delivered.map(\.sequence.value) == [2, 5, 6, 9])
        }
    }

    @Test("claims and messages come in any order", arguments: DriverUnderTest.all, 1...6)
    func anyOrder(driver: DriverUnderTest, seed: Int) async throws {
        try await driver.withShadow { shadow, pool in
            var random = SeededGenerator(seed: UInt64(seed))
            let (parts, held) = scattered(shadow.now)
            for part in parts.shuffled(using: &random) {
                try await pool.import(part, into: shadow.ref.life, turn: .turn(1), now: shadow.now)
                if random.oneIn(6) { try await shadow.collectAll() }
            }
            try await pool.finalise(shadow.ref, turn: .turn(1), last: .start, isCapturing: false)
            #expect(try await shadow.everything().map(\.sequence.value) == Array(1...12))
            #expect(try await shadow.list().map(\.sequence.value) == [1, 4, 7, 10])
            #expect(try await shadow.stats().claimed == 4)
            let claim = try #require(try await shadow.show(held))
            #expect(claim.messages.map(\.sequence.value) == [2, 5, 8, 11])
            #expect(try await shadow.delete(claim.messages[0].id, holding: held) == .deleted)
            #expect(try await shadow.renew(held, ttl: 400))
            try await shadow.release(held)
            #expect(try await shadow.claim(99).delivered.map(\.sequence.value) == [1, 4, 5, 7, 8, 10, 11])
            shadow.clock.advance(seconds: 600)
            #expect(try await shadow.claim(99).delivered.map(\.sequence.value).contains(3))
            #expect(try await shadow.stats().total == 11)
        }
    }

    /// Every third message is free, held by one claim, or delayed: each is a part, and the claim.
    private func scattered(_ now: Timestamp) -> ([QueuePart], ClaimID) {
        let claim = MovedClaim(
            id: .fresh(), ttl: 300, renewed: now, until: now.adding(seconds: 300),
            messages: [2, 5, 8, 11].map(MessageSequence.init))
        let parts = (1...12).map { (sequence: Int64) in
            var message = Message.made(sequence)
            if sequence % 3 == 2 { message = message.held(by: claim.id, until: claim.until) }
            if sequence % 3 == 0 { message.delayedUntil = now.adding(seconds: 600) }
            return QueuePart.messages([message])
        }
        return (parts + [QueuePart(claims: [claim])], claim.id)
    }

    @Test("a message is free when its claim ends before the claim itself was copied", arguments: DriverUnderTest.all)
    func claimNeverComes(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let message = Message.made(1).held(by: .fresh(), until: shadow.now.adding(seconds: 60))
            try await pool.import(.messages([message]), into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            #expect(try await pool.census(of: shadow.ref.life, now: shadow.now).stats.claimed == 1)
            shadow.clock.advance(seconds: 60)
            try await pool.finalise(shadow.ref, turn: .turn(1), last: .start, isCapturing: false)
            #expect(try await shadow.stats().free == 1)
            #expect(try await shadow.list() == [message])
            #expect(try await shadow.claim(9).delivered.map(\.claimCount) == [2])
        }
    }

    @Test("a claim that was renewed while it was copied holds on", arguments: DriverUnderTest.all, [false, true])
    func renewedMeanwhile(driver: DriverUnderTest, messageFirst: Bool) async throws {
        try await driver.withShadow { shadow, pool in
            let id = ClaimID.fresh()
            func part(_ seconds: Int) -> [QueuePart] {
                let end = shadow.now.adding(seconds: seconds)
                let claim = MovedClaim(
                    id: id, ttl: seconds, renewed: shadow.now, until: end, messages: [MessageSequence(1)])
                let parts = [QueuePart.messages([Message.made(1).held(by: id, until: end)]), QueuePart(claims: [claim])]
                return messageFirst ? parts : parts.reversed()
            }
            let old = part(60)
            let new = part(600)
            for part in old + new.prefix(1) {
                try await pool.import(part, into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            }
            shadow.clock.advance(seconds: 100)
            try await shadow.collectAll()
            try await pool.import(new[1], into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            try await pool.finalise(shadow.ref, turn: .turn(1), last: .start, isCapturing: false)
            #expect(try await shadow.claim(9).delivered.isEmpty)
            #expect(try await shadow.show(id)?.messages.map(\.sequence.value) == [1])
            #expect(try await shadow.stats().claimed == 1)
            try await shadow.release(id)
            #expect(try await shadow.claim(9).delivered.count == 1)
        }
    }

    @Test("messages with kept ids are found by them", arguments: DriverUnderTest.all)
    func keptIDs(driver: DriverUnderTest) async throws {
        try await driver.withShadow { shadow, pool in
            let id = MessageID(sequence: MessageSequence(40), nonce: 3)
            // The id came back after the first one had expired, or had been deleted.
            let parts: [QueuePart] = [
                .messages([.made(2, id: id), .made(9, id: id)]), QueuePart(goneMessages: [MessageSequence(2)]),
            ]
            for part in parts {
                try await pool.import(part, into: shadow.ref.life, turn: .turn(1), now: shadow.now)
            }
            try await pool.finalise(shadow.ref, turn: .turn(1), last: .start, isCapturing: false)
            #expect(try await shadow.message(id)?.sequence.value == 9)
            #expect(try await shadow.position(of: id).value == 9)
            #expect(try await shadow.post([.saying("again", keptID: id)]) == [id])
            #expect(try await shadow.stats().total == 1)
            #expect(try await shadow.delete(id) == .deleted)
        }
    }
}
