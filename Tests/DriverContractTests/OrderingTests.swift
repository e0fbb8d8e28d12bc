import TestSupport
import Testing
import WeirDomain

@Suite("Ordering") struct OrderingTests {
    @Test("a queue lists its messages in the order in which they were posted", arguments: DriverUnderTest.all)
    func listsInOrder(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a", "b", "c")
            try await queue.post("d")
            try await queue.post("e", "f", from: .other)
            #expect(try await queue.list().texts == ["a", "b", "c", "d", "e", "f"])
        }
    }

    @Test("sequences start at 1 and rise without gaps", arguments: DriverUnderTest.all)
    func sequencesAreDense(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            #expect(try await queue.lastSequence() == 0)
            try await queue.post(count: 3)
            #expect(try await queue.lastSequence() == 3)
            try await queue.post(count: 2)
            #expect(try await queue.lastSequence() == 5)
            #expect(try await queue.list().map(\.sequence.value) == [1, 2, 3, 4, 5])
        }
    }

    @Test(
        "a sequence is never given out twice, whatever became of its message", arguments: DriverUnderTest.all)
    func sequencesAreNeverReused(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 2)
            #expect(try await queue.delete(ids) == .deleted)
            try await queue.post("popped")
            #expect(try await queue.pop(1).map(\.sequence.value) == [3])
            try await queue.post("expired", ttl: 1)
            queue.clock.advance(seconds: 2)
            try await queue.collectAll()
            try await queue.post("purged")
            #expect(try await queue.purge() == 1)
            #expect(try await queue.lastSequence() == 5)
            try await queue.post("last")
            #expect(try await queue.list().map(\.sequence.value) == [6])
        }
    }

    @Test("the order is that of acceptance even if clocks disagree", arguments: DriverUnderTest.all)
    func clocksDoNotOrder(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("first")
            queue.clock.advance(seconds: -30)
            try await queue.post("second")
            queue.clock.advance(seconds: 30)
            #expect(try await queue.list().texts == ["first", "second"])
            #expect(try await queue.claim(2).delivered.texts == ["first", "second"])
        }
    }

    @Test("queues count their sequences each for itself", arguments: DriverUnderTest.all)
    func sequencesAreOfOneQueue(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let other = try await queue.sibling()
            try await queue.post(count: 4)
            try await other.post(count: 1)
            #expect(try await other.list().map(\.sequence.value) == [1])
            #expect(try await other.lastSequence() == 1)
        }
    }
}
