import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: a whole move") struct WholeMoveTests {
    @Test("everything about messages and claims is the same afterwards", arguments: MovePair.all)
    func same(pair: MovePair) async throws {
        try await pair.withQueue { queue, pool in
            try await fill(queue)
            let before = (try await queue.everything(), try await queue.list(), try await queue.stats())
            let last = try await queue.lastSequence()
            let move = MoveUnderTest(queue, to: pool)
            #expect(try await move.begin() == (.began, .fresh))
            try await move.copy(limit: 4)
            try await move.cutOver()
            try await move.expectAgreement()
            await queue.expectServesNobody()
            let moved = move.target
            #expect(try await moved.everything() == before.0)
            #expect(try await moved.list() == before.1)
            #expect(try await moved.stats() == before.2)
            #expect(try await moved.lastSequence() == last)
            for message in before.0 {
                #expect(try await moved.message(message.id) == message)
                #expect(try await moved.position(of: message.id) == message.sequence)
            }
            let marker = before.0[3]
            #expect(try await moved.list(after: marker.sequence) == before.1.filter { $0.sequence > marker.sequence })
        }
    }

    @Test("whoever holds a claim goes on with it", arguments: MovePair.all)
    func claimsGoOn(pair: MovePair) async throws {
        try await pair.withQueue { queue, pool in
            let ids = try await queue.post(count: 8)
            let worked = try await queue.claim(2, ttl: 100)
            let renewed = try await queue.claim(2, ttl: 100)
            let released = try await queue.claim(2, ttl: 100)
            let left = try await queue.claim(1, ttl: 100)
            let shown = try await queue.show(renewed.id)
            let move = MoveUnderTest(queue, to: pool)
            try await move.perform()
            let moved = move.target
            #expect(try await moved.show(renewed.id) == shown)
            #expect(try await moved.delete(ids[0]) == .claimed)
            #expect(try await moved.delete(ids[0], holding: left.id) == .claimedByAnother)
            #expect(try await moved.delete(ids[0], holding: worked.id) == .deleted)
            #expect(try await moved.delete([ids[1]], demanding: [worked.id]) == .deleted)
            moved.clock.advance(seconds: 50)
            #expect(try await moved.renew(renewed.id, ttl: 100))
            try await moved.release(released.id)
            #expect(try await moved.list().texts == ["5", "6", "8"])
            moved.clock.advance(seconds: 50)
            #expect(try await moved.show(left.id) == nil)
            #expect(try await moved.claim(9).delivered.texts == ["5", "6", "7", "8"])
            #expect(try await moved.show(renewed.id)?.messages.texts == ["3", "4"])
            #expect(try await moved.stats().claimed == 6)
            #expect(try await moved.post("9")[0].sequence.value == 9)
        }
    }

    @Test("delays and lives end at the target when they would have at the source", arguments: MovePair.essential)
    func times(pair: MovePair) async throws {
        try await pair.withQueue { queue, pool in
            try await queue.post("late", delay: 60)
            try await queue.post("brief", ttl: 90)
            try await queue.post("extended", ttl: 60)
            #expect(try await queue.claim(2, ttl: 80, grace: 40).delivered.texts == ["brief", "extended"])
            let move = MoveUnderTest(queue, to: pool)
            try await move.perform()
            let moved = move.target
            #expect(try await moved.list(delayed: true).texts == ["late"])
            moved.clock.advance(seconds: 60)
            #expect(try await moved.list().texts == ["late"])
            moved.clock.advance(seconds: 20)
            #expect(try await moved.list().texts == ["late", "brief", "extended"])
            moved.clock.advance(seconds: 10)
            #expect(try await moved.list().texts == ["late", "extended"])
            #expect(try await moved.message(moved.list()[1].id)?.ttl == 120)
            moved.clock.advance(seconds: 30)
            #expect(try await moved.claim(9).delivered.texts == ["late"])
            try await moved.collectAll()
            #expect(try await moved.stats().total == 1)
        }
    }

    @Test("a queue goes and comes back with what happened in between", arguments: MovePair.essential)
    func reversal(pair: MovePair) async throws {
        try await pair.withQueue { queue, pool in
            try await fill(queue)
            let move = MoveUnderTest(queue, to: pool)
            try await move.perform(isCapturing: true)
            _ = try await move.target.pop(1)
            try await move.target.post("there")
            let taken = try await move.target.claim(1)
            let before = try await move.target.everything()
            let back = move.reversed()
            #expect(try await back.begin() == (.continued, .continued))
            try await back.cutOver()
            try await back.expectAgreement()
            #expect(try await back.target.everything() == before)
            #expect(try await back.target.show(taken.id)?.messages == taken.delivered)
            await move.target.expectServesNobody()
        }
    }

    /// Some of all that there can be.
    private func fill(_ queue: QueueUnderTest) async throws {
        try await queue.post("expired", ttl: 60)
        try await queue.post(count: 4, ttl: 400)
        let released = try await queue.claim(4, ttl: 100)
        try await queue.release(released.id)
        _ = try await queue.claim(1, ttl: 30)
        queue.clock.advance(seconds: 60)
        try await queue.post("theirs", from: .other)
        try await queue.post([.saying("kept", keptID: .unknown())], from: ClientID("someone else"))
        try await queue.post("late", delay: 500)
        _ = try await queue.claim(2, ttl: 600, grace: 60)
        let emptied = try await queue.claim(1, ttl: 200)
        #expect(try await queue.delete(emptied.delivered[0].id, holding: emptied.id) == .deleted)
        let rule = DeadLetterRule(maximumClaims: 1, hold: .fresh())
        #expect(try await queue.claim(1, deadLetter: rule).dead.count == 1)
        try await queue.post("last", ttl: 1000)
    }
}
