import TestSupport
import Testing
import WeirDomain

@Suite("Purge") struct PurgeTests {
    @Test("a purge removes what is not claimed, delayed messages too", arguments: DriverUnderTest.all)
    func purges(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("1", "2", "3")
            try await queue.post("4", delay: 60)
            let taken = try await queue.claim(1)
            #expect(try await queue.purge() == 3)
            #expect(try await queue.everything().texts == ["1"])
            #expect(try await queue.show(taken.id)?.messages.texts == ["1"])
            #expect(try await queue.purge() == 0)
        }
    }

    @Test("a purge stops at the sequence it was given", arguments: DriverUnderTest.all)
    func stops(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 4)
            for nothing in [Int64.min, -1, 0] {
                #expect(try await queue.purge(through: MessageSequence(nothing)) == 0)
            }
            #expect(try await queue.purge(through: MessageSequence(2)) == 2)
            #expect(try await queue.list().texts == ["3", "4"])
            #expect(try await queue.purge(through: MessageSequence(.max)) == 2)
        }
    }

    @Test("a purge goes on in steps until none are left", arguments: DriverUnderTest.all)
    func steps(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 10)
            _ = try await queue.claim(1)
            #expect(try await queue.purge(limit: 0) == 0)
            #expect(try await queue.purge(limit: 4) == 4)
            #expect(try await queue.purge(limit: 4) == 4)
            #expect(try await queue.purge(limit: 4) == 1)
            #expect(try await queue.purge(limit: 4) == 0)
            #expect(try await queue.everything().texts == ["1"])
        }
    }

    @Test("messages of an ended claim are purged", arguments: DriverUnderTest.all)
    func endedClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 3)
            _ = try await queue.claim(2, ttl: 60)
            queue.clock.advance(seconds: 60)
            #expect(try await queue.purge() == 3)
            #expect(try await queue.stats() == .empty)
        }
    }

    @Test("expired messages do not keep a purge from reaching the others", arguments: DriverUnderTest.all)
    func passesExpired(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 10, ttl: 60)
            try await queue.post(count: 3)
            queue.clock.advance(seconds: 60)
            var steps = 0
            while try await queue.purge(limit: 2) == 2, steps < 100 { steps += 1 }
            #expect(try await queue.everything().isEmpty)
        }
    }
}

@Suite("Pop") struct PopTests {
    @Test("pop deletes and returns the oldest free messages", arguments: DriverUnderTest.all)
    func pops(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 5)
            let taken = try await queue.claim(1)
            let before = try await queue.list()
            let popped = try await queue.pop(2)
            #expect(popped == Array(before[..<2]), "as they were: no claim, no count")
            #expect(try await queue.messages(ids).texts == ["1", "4", "5"])
            #expect(try await queue.pop(10).texts == ["4", "5"])
            #expect(try await queue.pop(10).isEmpty)
            #expect(try await queue.show(taken.id)?.messages.texts == ["1"])
        }
    }

    @Test("pop takes what an ended claim held, with its marks", arguments: DriverUnderTest.all)
    func popsEndedClaims(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            let taken = try await queue.claim(1, ttl: 60)
            queue.clock.advance(seconds: 60)
            #expect(try await queue.pop(1) == taken.delivered)
        }
    }

    @Test("pop of none removes none", arguments: DriverUnderTest.all)
    func popsNothing(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            #expect(try await queue.pop(0).isEmpty)
            #expect(try await queue.list().texts == ["a"])
        }
    }
}

@Suite("Stats") struct StatsTests {
    @Test("an empty queue has empty stats", arguments: DriverUnderTest.all)
    func empty(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let stats = try await queue.stats()
            #expect(stats == .empty)
        }
    }

    @Test("stats count claimed and free messages and show both ends", arguments: DriverUnderTest.all)
    func counts(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let start = queue.now
            let first = try await queue.post("first")[0]
            queue.clock.advance(seconds: 5)
            try await queue.post("middle")
            let last = try await queue.post("delayed", delay: 60)[0]
            let taken = try await queue.claim(1, ttl: 60)
            let expected = QueueStats(
                claimed: 1, free: 2, oldest: .init(id: first, created: start),
                newest: .init(id: last, created: queue.now))
            #expect(try await queue.stats() == expected)
            try await queue.release(taken.id)
            #expect(try await queue.stats().claimed == 0)
            #expect(try await queue.stats().free == 3)
        }
    }

    @Test(
        "stats follow claims and messages that end by themselves", arguments: DriverUnderTest.all,
        [false, true])
    func followTime(driver: DriverUnderTest, collects: Bool) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post([
                .saying("1", ttl: 30), .saying("2"), .saying("3"), .saying("4", ttl: 90),
            ])
            _ = try await queue.claim(1, ttl: 20, grace: 10)
            _ = try await queue.claim(2, ttl: 60)
            #expect(try await queue.stats().claimed == 3)
            queue.clock.advance(seconds: 30)
            if collects { try await queue.collectAll() }
            var stats = try await queue.stats()
            #expect(stats.claimed == 2 && stats.free == 1 && stats.oldest?.id == ids[1])
            queue.clock.advance(seconds: 60)
            if collects { try await queue.collectAll() }
            stats = try await queue.stats()
            #expect(stats.claimed == 0 && stats.free == 2)
            #expect(stats.oldest?.id == ids[1] && stats.newest?.id == ids[2])
        }
    }

    @Test("stats follow every way of deleting", arguments: DriverUnderTest.all)
    func followDeletion(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 10)
            let taken = try await queue.claim(4)
            _ = try await queue.delete(ids[0], holding: taken.id)
            _ = try await queue.delete([ids[1], ids[9]])
            #expect(try await queue.pop(2).count == 2)
            let stats = try await queue.stats()
            #expect(stats.claimed == 2 && stats.free == 3)
            #expect(stats.oldest?.id == ids[2] && stats.newest?.id == ids[8])
            #expect(try await queue.purge() == 3)
            #expect(try await queue.stats().total == 2)
        }
    }
}
