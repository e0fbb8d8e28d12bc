import TestSupport
import Testing
import WeirDomain

@Suite("Claim expiry") struct ClaimExpiryTests {
    @Test("an expired claim gives its messages back under the same ids", arguments: DriverUnderTest.all)
    func givesBack(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b")
            let taken = try await queue.claim(2, ttl: 60)
            queue.clock.advance(seconds: 60, milliseconds: -1)
            #expect(try await queue.list().isEmpty)
            #expect(try await queue.claim(2).delivered.isEmpty)
            #expect(try await queue.show(taken.id)?.messages.ids == ids)
            queue.clock.advance(milliseconds: 1)
            #expect(try await queue.list().ids == ids)
            #expect(try await queue.show(taken.id) == nil)
            #expect(try await queue.renew(taken.id) == false)
            #expect(try await queue.claim(2).delivered.map(\.claimCount) == [2, 2])
        }
    }

    @Test("a message still bears the claim that ended by itself", arguments: DriverUnderTest.all)
    func keepsTheMark(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("a")[0]
            let taken = try await queue.claim(1, ttl: 60)
            queue.clock.advance(seconds: 61)
            #expect(try await queue.message(id) == taken.delivered[0])
            try await queue.collectAll()
            #expect(try await queue.message(id) == taken.delivered[0])
            #expect(try await queue.list() == taken.delivered)
            try await queue.release(taken.id)
            #expect(try await queue.message(id) == taken.delivered[0], "it ended already: nothing to release")
        }
    }

    @Test("what an expired claim held belongs to the next claim alone", arguments: DriverUnderTest.all)
    func nextClaimOwns(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("a")[0]
            let first = try await queue.claim(1, ttl: 60)
            queue.clock.advance(seconds: 60)
            let second = try await queue.claim(1, ttl: 60)
            #expect(second.delivered.ids == [id])
            try await queue.release(first.id)
            #expect(try await queue.renew(first.id) == false)
            #expect(try await queue.delete(id, holding: first.id) == .claimNotLive)
            #expect(try await queue.show(second.id)?.messages.ids == [id])
            #expect(try await queue.list().isEmpty)
        }
    }

    @Test("claims that end before older ones free only their own messages", arguments: DriverUnderTest.all)
    func staggered(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 9)
            let long = try await queue.claim(2, ttl: 900)
            _ = try await queue.claim(2, ttl: 60)
            let middle = try await queue.claim(2, ttl: 300)
            try await queue.post("delayed", delay: 600)
            queue.clock.advance(seconds: 60)
            // Free now: 3, 4 and 7 to 9. Everything between and behind them is held or delayed.
            #expect(try await queue.list().texts == ["3", "4", "7", "8", "9"])
            #expect(try await queue.claim(1, ttl: 900).delivered.texts == ["3"])
            #expect(try await queue.claim(20, ttl: 900).delivered.texts == ["4", "7", "8", "9"])
            #expect(try await queue.claim(20).delivered.isEmpty)
            #expect(try await queue.show(long.id)?.messages.texts == ["1", "2"])
            #expect(try await queue.show(middle.id)?.messages.texts == ["5", "6"])
            queue.clock.advance(seconds: 240)
            #expect(try await queue.claim(20).delivered.texts == ["5", "6"])
        }
    }

    @Test("a release in front does not give away what is held behind", arguments: DriverUnderTest.all)
    func releaseInFront(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 4)
            let first = try await queue.claim(1)
            let second = try await queue.claim(2)
            try await queue.release(first.id)
            #expect(try await queue.claim(20).delivered.texts == ["1", "4"])
            #expect(try await queue.show(second.id)?.messages.texts == ["2", "3"])
        }
    }

    @Test("many claims of rising length come back one by one", arguments: DriverUnderTest.all)
    func risingLengths(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 30)
            // The later the message, the earlier its claim ends.
            for place in 1...30 {
                #expect(try await queue.claim(1, ttl: 60 + 10 * (30 - place)).delivered.texts == ["\(place)"])
            }
            queue.clock.advance(seconds: 50)
            for place in (1...30).reversed() {
                queue.clock.advance(seconds: 10)
                #expect(try await queue.claim(20, ttl: 3000).delivered.texts == ["\(place)"])
            }
        }
    }
}
