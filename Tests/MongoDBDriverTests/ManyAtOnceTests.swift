import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// What ends or expires at once is more than one transaction could deal with.
@Suite("Many messages at once") struct ManyAtOnceTests {
    private func post(_ count: Int, ttl: Int, delay: Int, to queue: QueueUnderTest) async throws -> [MessageID] {
        var ids: [MessageID] = []
        while ids.count < count {
            ids += try await queue.post((1...500).map { _ in .saying("x", ttl: ttl, delay: delay) })
        }
        return ids
    }

    @Test("delays that end together are given back piece by piece, and claimed in order")
    func delays() async throws {
        try await withNodes(1) { nodes, _ in
            let queue = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            let ids = try await post(20_000, ttl: 3600, delay: 100, to: queue)
            queue.clock.advance(seconds: 101)
            #expect(try await queue.claim(3).delivered.ids == Array(ids[..<3]))
            #expect(try await queue.stats().free == ids.count - 3)
            #expect(try await queue.pop(2).ids == Array(ids[3..<5]))
        }
    }

    @Test("a claim gets past any number of expired messages")
    func expired() async throws {
        try await withNodes(1) { nodes, _ in
            let queue = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            _ = try await post(5_000, ttl: 60, delay: 0, to: queue)
            queue.clock.advance(seconds: 61)
            #expect(try await queue.claim(1).delivered.isEmpty)
            let id = try await queue.post("present")[0]
            #expect(try await queue.claim(2).delivered.ids == [id])
            #expect(try await queue.stats().claimed == 1)
        }
    }
}
