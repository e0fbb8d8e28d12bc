import TestSupport
import Testing
import WeirDomain

@Suite("Claims") struct ClaimTests {
    @Test("a claim takes the oldest free messages in order", arguments: DriverUnderTest.all)
    func takesInOrder(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 5)
            #expect(try await queue.claim(2).delivered.ids == Array(ids[..<2]))
            #expect(try await queue.claim(2).delivered.ids == Array(ids[2..<4]))
            #expect(try await queue.claim(2).delivered.ids == [ids[4]])
            #expect(try await queue.claim(2).delivered.isEmpty)
        }
    }

    @Test("a claimed message bears the claim, its end and the count", arguments: DriverUnderTest.all)
    func marksMessages(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("a")[0]
            let before = try #require(try await queue.message(id))
            let taken = try await queue.claim(1, ttl: 100)
            var expected = before
            expected.claim = taken.id
            expected.claimedUntil = queue.now.adding(seconds: 100)
            expected.claimCount = 1
            #expect(taken.delivered == [expected])
            #expect(taken.dead.isEmpty)
            #expect(try await queue.message(id) == expected)
            #expect(try await queue.everything() == [expected])
        }
    }

    @Test("a claim shows what it holds", arguments: DriverUnderTest.all)
    func shows(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 4)
            let start = queue.now
            let taken = try await queue.claim(3, ttl: 100)
            queue.clock.advance(seconds: 40)
            let claim = try #require(try await queue.show(taken.id))
            #expect(claim == Claim(id: taken.id, ttl: 100, renewed: start, messages: taken.delivered))
        }
    }

    @Test(
        "a clock that was far ahead for a moment keeps no message from those whose clock is right",
        arguments: DriverUnderTest.all)
    func clockAhead(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let other = try await queue.sibling()
            try await queue.post("late", ttl: 100_000, delay: 60)
            queue.clock.advance(seconds: 7200)
            #expect(try await queue.claim(5, ttl: 60).delivered.texts == ["late"])
            queue.clock.advance(seconds: -7200)
            for queue in [queue, other] {
                try await queue.post("present", ttl: 3600)
                let taken = try await queue.claim(5, ttl: 60)
                #expect(taken.delivered.texts == ["present"])
                #expect(taken.delivered.first?.claimedUntil == queue.now.adding(seconds: 60))
            }
        }
    }

    @Test("a claim that finds nothing does not exist", arguments: DriverUnderTest.all)
    func emptyClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let taken = try await queue.claim(5)
            #expect(taken.delivered.isEmpty)
            #expect(try await queue.show(taken.id) == nil)
            #expect(try await queue.renew(taken.id) == false)
            try await queue.post("a")
            #expect(try await queue.claim(0).delivered.isEmpty)
            #expect(try await queue.list().texts == ["a"])
        }
    }

    @Test("an unknown claim is nowhere", arguments: DriverUnderTest.all)
    func unknownClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            for id in [ClaimID.fresh(), ClaimID(high: 0, low: 0), ClaimID(high: .max, low: .max)] {
                #expect(try await queue.show(id) == nil)
                #expect(try await queue.renew(id) == false)
                try await queue.release(id)
            }
            #expect(try await queue.list().texts == ["a"])
        }
    }

    @Test("a deleted message leaves its claim, which stays until its end", arguments: DriverUnderTest.all)
    func claimsShrink(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b")
            let taken = try await queue.claim(2, ttl: 60)
            #expect(try await queue.delete(ids[0], holding: taken.id) == .deleted)
            #expect(try await queue.show(taken.id)?.messages.texts == ["b"])
            #expect(try await queue.delete([ids[1]]) == .deleted)
            #expect(try await queue.show(taken.id)?.messages == [])
            #expect(try await queue.renew(taken.id, ttl: 80))
            queue.clock.advance(seconds: 79)
            #expect(try await queue.show(taken.id)?.messages == [])
            queue.clock.advance(seconds: 1)
            #expect(try await queue.show(taken.id) == nil)
        }
    }

    @Test("a claim of thousands of messages takes them all", arguments: DriverUnderTest.all)
    func largeClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 3000)
            let taken = try await queue.claim(5000)
            #expect(taken.delivered.ids == ids)
            #expect(try await queue.list().isEmpty)
            #expect(try await queue.show(taken.id)?.messages == taken.delivered)
            try await queue.release(taken.id)
            #expect(try await queue.list().ids == ids)
        }
    }
}

@Suite("Releasing and renewing claims") struct ReleaseAndRenewTests {
    @Test("a released message is free at once and bears no claim", arguments: DriverUnderTest.all)
    func releases(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b")
            let taken = try await queue.claim(2)
            try await queue.release(taken.id)
            #expect(try await queue.show(taken.id) == nil)
            #expect(try await queue.renew(taken.id) == false)
            let messages = try await queue.list()
            #expect(messages.ids == ids)
            #expect(messages.allSatisfy { $0.claim == nil && $0.claimedUntil.milliseconds == 0 })
            #expect(messages.allSatisfy { $0.claimCount == 1 }, "a release does not forget the count")
            try await queue.release(taken.id)
            #expect(try await queue.claim(2).delivered.map(\.claimCount) == [2, 2])
        }
    }

    @Test("a release frees the messages of that claim only", arguments: DriverUnderTest.all)
    func releasesItsOwn(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a", "b", "c")
            let first = try await queue.claim()
            let second = try await queue.claim()
            try await queue.release(first.id)
            #expect(try await queue.list().texts == ["a", "c"])
            #expect(try await queue.show(second.id)?.messages.texts == ["b"])
        }
    }

    @Test("a renewed claim starts anew under the new terms", arguments: DriverUnderTest.all)
    func renews(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            let taken = try await queue.claim(1, ttl: 60)
            queue.clock.advance(seconds: 50)
            #expect(try await queue.renew(taken.id, ttl: 100))
            let claim = try #require(try await queue.show(taken.id))
            #expect(claim.ttl == 100)
            #expect(claim.renewed == queue.now)
            #expect(claim.messages.map(\.claimedUntil) == [queue.now.adding(seconds: 100)])
            #expect(claim.messages.map(\.claimCount) == [1], "renewing is not claiming")
            queue.clock.advance(seconds: 99)
            #expect(try await queue.list().isEmpty)
            queue.clock.advance(seconds: 1)
            #expect(try await queue.list().texts == ["a"])
        }
    }

    @Test("a claim can be renewed to end earlier", arguments: DriverUnderTest.all)
    func renewsShorter(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            let taken = try await queue.claim(1, ttl: 600)
            #expect(try await queue.renew(taken.id, ttl: 60))
            queue.clock.advance(seconds: 60)
            #expect(try await queue.show(taken.id) == nil)
            #expect(try await queue.claim().delivered.texts == ["a"])
        }
    }

    @Test("a message that would end before its claim lives on for the grace", arguments: DriverUnderTest.all)
    func extends(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("short", ttl: 60)
            try await queue.post("exact", ttl: 100)
            try await queue.post("long", ttl: 101)
            let now = queue.now
            let taken = try await queue.claim(3, ttl: 100, grace: 70)
            #expect(taken.delivered.map(\.ttl) == [170, 100, 101])
            #expect(taken.delivered.map(\.expires) == [170, 100, 101].map { now.adding(seconds: $0) })
            #expect(taken.delivered.map(\.created) == [now, now, now])
            queue.clock.advance(seconds: 169)
            #expect(try await queue.list().texts == ["short"])
            queue.clock.advance(seconds: 1)
            #expect(try await queue.list().isEmpty)
        }
    }

    @Test("renewing extends lives as claiming does", arguments: DriverUnderTest.all)
    func renewingExtends(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("a", ttl: 200)[0]
            let taken = try await queue.claim(1, ttl: 100, grace: 60)
            #expect(taken.delivered.map(\.ttl) == [200])
            queue.clock.advance(seconds: 90)
            #expect(try await queue.renew(taken.id, ttl: 120, grace: 30))
            let message = try #require(try await queue.message(id))
            #expect(message.ttl == 150)
            #expect(message.expires == queue.now.adding(seconds: 150))
        }
    }
}
