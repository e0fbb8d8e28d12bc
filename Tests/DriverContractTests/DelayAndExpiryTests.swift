import TestSupport
import Testing
import WeirDomain

@Suite("Delay") struct DelayTests {
    @Test("a delayed message is hidden until its time has come", arguments: DriverUnderTest.all)
    func hides(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("late", delay: 30)[0]
            try await queue.post("now")
            queue.clock.advance(seconds: 30, milliseconds: -1)
            #expect(try await queue.list().texts == ["now"])
            #expect(try await queue.list(delayed: true).texts == ["late", "now"])
            #expect(try await queue.message(id)?.text == "late")
            queue.clock.advance(milliseconds: 1)
            #expect(try await queue.list().texts == ["late", "now"])
            #expect(try await queue.claim(2).delivered.texts == ["late", "now"])
        }
    }

    @Test("neither claim nor pop takes a delayed message", arguments: DriverUnderTest.all)
    func isNotTaken(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post([
                .saying("1"), .saying("2", delay: 60), .saying("3"), .saying("4", delay: 30),
            ])
            #expect(try await queue.claim(10).delivered.texts == ["1", "3"])
            #expect(try await queue.pop(10).isEmpty)
            queue.clock.advance(seconds: 30)
            #expect(try await queue.pop(10).texts == ["4"])
            queue.clock.advance(seconds: 30)
            #expect(try await queue.claim(10).delivered.texts == ["2"])
        }
    }

    @Test("the life of a delayed message counts from its posting", arguments: DriverUnderTest.all)
    func ttlRuns(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("never seen", ttl: 60, delay: 60)
            try await queue.post("seen briefly", ttl: 61, delay: 60)
            queue.clock.advance(seconds: 60)
            #expect(try await queue.list().texts == ["seen briefly"])
            queue.clock.advance(seconds: 1)
            #expect(try await queue.everything().isEmpty)
        }
    }
}

@Suite("Expiry") struct ExpiryTests {
    @Test("an expired message is nowhere, collected or not", arguments: DriverUnderTest.all, [false, true])
    func isGone(driver: DriverUnderTest, collects: Bool) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("brief", ttl: 60)[0]
            queue.clock.advance(seconds: 60, milliseconds: -1)
            #expect(try await queue.list().texts == ["brief"])
            queue.clock.advance(milliseconds: 1)
            if collects { try await queue.collectAll() }
            #expect(try await queue.everything().isEmpty)
            #expect(try await queue.message(id) == nil)
            #expect(try await queue.claim(5).delivered.isEmpty)
            #expect(try await queue.pop(5).isEmpty)
            #expect(try await queue.stats() == .empty)
            #expect(try await queue.delete(id) == .missing)
            #expect(try await queue.delete([id], demanding: []) == .deleted)
            #expect(try await queue.lastSequence() == 1)
            #expect(try await queue.position(of: id).value == 1)
        }
    }

    @Test("a message of no life at all is never seen", arguments: DriverUnderTest.all)
    func zeroTTL(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("stillborn", ttl: 0)[0]
            #expect(try await queue.message(id) == nil)
            #expect(try await queue.lastSequence() == 1)
        }
    }

    @Test("messages expire each at its own time, whatever their order", arguments: DriverUnderTest.all)
    func eachForItself(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post([.saying("1", ttl: 90), .saying("2", ttl: 60), .saying("3", ttl: 120)])
            queue.clock.advance(seconds: 60)
            #expect(try await queue.list().texts == ["1", "3"])
            queue.clock.advance(seconds: 30)
            #expect(try await queue.list().texts == ["3"])
            queue.clock.advance(seconds: 30)
            #expect(try await queue.list().isEmpty)
        }
    }

    @Test("a life of centuries does not overflow", arguments: DriverUnderTest.all)
    func longLives(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("old", ttl: .max)
            queue.clock.advance(seconds: 1_000_000_000)
            let taken = try await queue.claim(1, ttl: 60)
            #expect(taken.delivered.map(\.ttl) == [.max])
            #expect(taken.delivered.map(\.expires.milliseconds) == [.max])
        }
    }
}
