import TestSupport
import Testing
import WeirDomain

@Suite("Deletion") struct DeletionTests {
    @Test("an unclaimed message is deleted", arguments: DriverUnderTest.all)
    func deletes(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b")
            #expect(try await queue.delete(ids[0]) == .deleted)
            #expect(try await queue.message(ids[0]) == nil)
            #expect(try await queue.delete(ids[0]) == .missing)
            #expect(try await queue.list().texts == ["b"])
        }
    }

    @Test("a delayed message is deleted", arguments: DriverUnderTest.all)
    func deletesDelayed(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("a", delay: 60)[0]
            #expect(try await queue.delete(id) == .deleted)
            queue.clock.advance(seconds: 60)
            #expect(try await queue.claim(5).delivered.isEmpty)
        }
    }

    @Test("a claimed message goes only with its claim", arguments: DriverUnderTest.all)
    func obeysClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b")
            let mine = try await queue.claim()
            let other = try await queue.claim()
            #expect(try await queue.delete(ids[0]) == .claimed)
            #expect(try await queue.delete(ids[0], holding: other.id) == .claimedByAnother)
            #expect(try await queue.delete(ids[0], holding: .fresh()) == .claimNotLive)
            #expect(try await queue.show(mine.id)?.messages.texts == ["a"])
            #expect(try await queue.delete(ids[0], holding: mine.id) == .deleted)
            #expect(try await queue.delete(ids[0], holding: mine.id) == .missing)
        }
    }

    @Test("whoever holds a message deletes it by its id, not by its place", arguments: DriverUnderTest.all)
    func comparesNonces(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b")
            let taken = try await queue.claim(2)
            let forged = MessageID(sequence: ids[1].sequence, nonce: ids[1].nonce ^ 1)
            #expect(try await queue.delete(forged, holding: taken.id) == .missing)
            #expect(try await queue.show(taken.id)?.messages.texts == ["a", "b"])
            #expect(try await queue.delete(ids[1], holding: taken.id) == .deleted)
        }
    }

    @Test("what has expired is missing for whoever holds it", arguments: DriverUnderTest.all)
    func expiresWhileHeld(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b", ttl: 100)
            try await queue.release(try await queue.claim(2, ttl: 60, grace: 0).id)
            queue.clock.advance(seconds: 90)
            // Only the hold of dead messages does not make them live as long as itself.
            let rule = DeadLetterRule(maximumClaims: 1, hold: .fresh())
            #expect(try await queue.claim(2, deadLetter: rule).dead.texts == ["a", "b"])
            #expect(try await queue.delete(ids[0], holding: rule.hold) == .deleted)
            queue.clock.advance(seconds: 10)
            #expect(try await queue.delete(ids[1], holding: rule.hold) == .missing)
        }
    }

    @Test("whoever made a message live longer deletes it until then", arguments: DriverUnderTest.all)
    func livesLonger(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b", ttl: 60)
            let taken = try await queue.claim(2, ttl: 300, grace: 60)
            queue.clock.advance(seconds: 299)
            #expect(try await queue.delete(ids[0], holding: taken.id) == .deleted)
            queue.clock.advance(seconds: 1)
            #expect(try await queue.delete(ids[1], holding: taken.id) == .claimNotLive)
            #expect(try await queue.list().texts == ["b"])
        }
    }

    @Test("a live claim does not delete what nobody holds", arguments: DriverUnderTest.all)
    func refusesUnclaimed(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b")
            let taken = try await queue.claim()
            #expect(try await queue.delete(ids[1], holding: taken.id) == .notClaimed)
            #expect(try await queue.list().texts == ["b"])
        }
    }

    @Test("a claim that has ended deletes nothing", arguments: DriverUnderTest.all)
    func refusesEndedClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b")
            let expired = try await queue.claim(1, ttl: 60)
            let released = try await queue.claim(1, ttl: 600)
            try await queue.release(released.id)
            queue.clock.advance(seconds: 60)
            #expect(try await queue.delete(ids[0], holding: expired.id) == .claimNotLive)
            #expect(try await queue.delete(ids[1], holding: released.id) == .claimNotLive)
            #expect(try await queue.list().texts == ["a", "b"])
            #expect(try await queue.delete(ids[0]) == .deleted, "free again, so no claim is needed")
        }
    }

    @Test("a missing message is missing whatever claim is named", arguments: DriverUnderTest.all)
    func missingComesFirst(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let expired = try await queue.post("expired", ttl: 1)[0]
            try await queue.post("a")
            queue.clock.advance(seconds: 1)
            let live = try await queue.claim()
            for id in [expired, .unknown()] {
                #expect(try await queue.delete(id) == .missing)
                #expect(try await queue.delete(id, holding: live.id) == .missing)
                #expect(try await queue.delete(id, holding: .fresh()) == .missing)
            }
        }
    }
}

@Suite("Bulk deletion") struct BulkDeletionTests {
    @Test("bulk deletion takes whatever exists, claimed or not", arguments: DriverUnderTest.all)
    func ignoresClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b", "c")
            let late = try await queue.post("d", delay: 60)
            let taken = try await queue.claim(1)
            let doomed = [ids[1], .unknown(), ids[0], ids[1]] + late
            #expect(try await queue.delete(doomed) == .deleted)
            #expect(try await queue.everything().texts == ["c"])
            #expect(try await queue.show(taken.id)?.messages == [])
            #expect(try await queue.delete(doomed) == .deleted)
            #expect(try await queue.delete([MessageID]()) == .deleted)
            #expect(try await queue.stats().total == 1)
        }
    }

    @Test("with claims demanded, every message must be in one of them", arguments: DriverUnderTest.all)
    func demandsClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 4)
            let first = try await queue.claim()
            let second = try await queue.claim()
            let third = try await queue.claim()
            let claims = [second.id, first.id]
            #expect(try await queue.delete([ids[1], ids[3], ids[2]], demanding: claims) == .refused(ids[3]))
            #expect(try await queue.delete([ids[2], ids[0]], demanding: claims) == .refused(ids[2]))
            #expect(try await queue.delete([ids[0]], demanding: []) == .refused(ids[0]))
            #expect(try await queue.everything().ids == ids, "a refusal deletes nothing")
            let missing = MessageID.unknown()
            #expect(try await queue.delete([ids[1], missing, ids[0]], demanding: claims) == .deleted)
            #expect(try await queue.everything().ids == Array(ids[2...]))
            #expect(try await queue.delete([ids[0], missing], demanding: []) == .deleted, "none exists")
            #expect(try await queue.show(third.id)?.messages.ids == [ids[2]])
        }
    }

    @Test("claims that have ended do not count among those demanded", arguments: DriverUnderTest.all)
    func endedClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b", "c")
            let expired = try await queue.claim(1, ttl: 60)
            let released = try await queue.claim(1, ttl: 600)
            let live = try await queue.claim(1, ttl: 600)
            try await queue.release(released.id)
            queue.clock.advance(seconds: 60)
            let claims = [expired.id, released.id, live.id]
            #expect(try await queue.delete([ids[2], ids[0]], demanding: claims) == .refused(ids[0]))
            #expect(try await queue.delete([ids[1]], demanding: claims) == .refused(ids[1]))
            #expect(try await queue.delete([ids[2]], demanding: claims) == .deleted)
            #expect(try await queue.everything().texts == ["a", "b"])
        }
    }

    @Test("bulk deletion copes with thousands of ids", arguments: DriverUnderTest.all)
    func manyIDs(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 2000)
            #expect(try await queue.delete(Array(ids[1...].reversed())) == .deleted)
            #expect(try await queue.list().texts == ["1"])
        }
    }
}
