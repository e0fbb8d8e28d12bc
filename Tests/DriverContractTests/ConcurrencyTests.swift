import Synchronization
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Concurrency") struct ConcurrencyTests {
    @Test("many producers get unique dense sequences, each in its own order", arguments: DriverUnderTest.all)
    func producers(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let posted = try await gather(200) { producer in
                var ids: [MessageID] = []
                for round in 0..<5 {
                    ids += try await queue.post("\(producer).\(round).0", "\(producer).\(round).1")
                }
                return ids
            }
            for ids in posted {
                #expect(ids.map(\.sequence) == ids.map(\.sequence).sorted())
                for pair in stride(from: 0, to: ids.count, by: 2) {
                    #expect(
                        ids[pair + 1].sequence.value == ids[pair].sequence.value + 1, "a post is one step")
                }
            }
            let listed = try await queue.list()
            #expect(listed.map(\.sequence.value) == Array(1...2000))
            #expect(Set(listed.ids) == Set(posted.joined()))
            #expect(try await queue.stats().total == 2000)
        }
    }

    @Test("many claimers share a queue without giving a message twice", arguments: DriverUnderTest.all)
    func claimers(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 2000)
            let taken = try await gather(24) { _ in
                var mine: [MessageID] = []
                while true {
                    let claim = try await queue.claim(20)
                    // Beyond all there is, a driver that hands out what is held would go on for ever.
                    guard !claim.delivered.isEmpty, mine.count <= ids.count else { return mine }
                    #expect(claim.delivered.map(\.sequence) == claim.delivered.map(\.sequence).sorted())
                    mine += claim.delivered.ids
                }
            }
            let delivered = taken.flatMap { $0 }
            #expect(delivered.count == 2000)
            #expect(Set(delivered) == Set(ids))
            #expect(try await queue.stats().claimed == 2000)
        }
    }

    @Test("producers and consumers at once lose and double nothing", arguments: DriverUnderTest.all)
    func pipeline(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let done = Mutex<[MessageID]>([])
            let posted = try await gather(20) { worker -> [MessageID] in
                guard worker % 2 == 0 else {
                    for _ in 0..<20_000 where done.withLock({ $0.count }) < 1000 {
                        let claim = try await queue.claim(10)
                        for message in claim.delivered {
                            #expect(try await queue.delete(message.id, holding: claim.id) == .deleted)
                            done.withLock { $0.append(message.id) }
                        }
                        await Task.yield()
                    }
                    return []
                }
                var ids: [MessageID] = []
                for _ in 0..<50 { ids += try await queue.post("a", "b") }
                return ids
            }
            let consumed = done.withLock { $0 }
            #expect(consumed.count == 1000)
            #expect(Set(consumed) == Set(posted.joined()))
            #expect(try await queue.stats() == .empty)
        }
    }

    @Test("pops that race never return the same message", arguments: DriverUnderTest.all)
    func pops(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 500)
            let popped = try await gather(16) { _ in
                var mine: [MessageID] = []
                while true {
                    let some = try await queue.pop(7)
                    guard !some.isEmpty else { return mine }
                    mine += some.ids
                }
            }
            #expect(popped.joined().count == 500)
            #expect(Set(popped.joined()) == Set(ids))
        }
    }

    @Test("of many deletions of one message exactly one deletes it", arguments: DriverUnderTest.all)
    func deletions(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("a")[0]
            let outcomes = try await gather(50) { _ in try await queue.delete(id) }
            #expect(outcomes.filter { $0 == .deleted }.count == 1)
            #expect(outcomes.filter { $0 == .missing }.count == 49)
        }
    }

    @Test("of many queues opened at once by many tasks each exists once", arguments: DriverUnderTest.all)
    func openings(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let clock = ManualClock()
            let refs = (0..<10).map { _ in QueueRef.fresh() }
            _ = try await gather(100) { worker in
                let queue = QueueUnderTest(pool: pool, ref: refs[worker % 10], clock: clock)
                try await pool.open(queue.ref, now: queue.now)
                try await queue.post("\(worker)")
            }
            for ref in refs {
                let queue = QueueUnderTest(pool: pool, ref: ref, clock: clock)
                #expect(try await queue.list().map(\.sequence.value) == Array(1...10))
            }
        }
    }

    @Test("posts that race a retirement are stored or refused, never half", arguments: DriverUnderTest.all)
    func retirement(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let outcomes = try await gather(60) { worker in
                guard worker != 30 else {
                    try await queue.pool.retire(queue.ref, now: queue.now)
                    return true
                }
                return (try? await queue.post("a", "b")) == nil
            }
            #expect(outcomes.contains(true))
            await #expect(throws: (any Error).self) { _ = try await queue.list() }
            try await queue.collectAll()
        }
    }

    @Test("claims, releases, deletions, expiries and collection mix", arguments: DriverUnderTest.all)
    func mixture(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            var left = Set(try await queue.post(count: 400, ttl: 100_000))
            for round in 0..<8 {
                let results = try await gather(40) { worker in try await act(worker + round, on: queue) }
                left.subtract(results.flatMap(\.deleted))
                #expect(try await Set(queue.everything().ids) == left, "round \(round)")
                var held: Set<MessageID> = []
                for result in results {
                    guard let claim = result.live else { continue }
                    let kept = try #require(try await queue.show(claim)).messages
                    #expect(kept.allSatisfy { $0.claim == claim })
                    #expect(
                        held.isDisjoint(with: kept.ids), "round \(round): a message is in two live claims")
                    held.formUnion(kept.ids)
                }
                #expect(try await queue.list().allSatisfy { !held.contains($0.id) })
                // Ends the claims of 60 seconds and leaves those of 3,600.
                queue.clock.advance(seconds: 60)
            }
            queue.clock.advance(seconds: 3600)
            #expect(try await Set(queue.claim(1000).delivered.ids) == left)
        }
    }

    private struct Result: Sendable {
        var deleted: [MessageID] = []
        /// The claim that it left open.
        var live: ClaimID?
    }

    private func act(_ kind: Int, on queue: QueueUnderTest) async throws -> Result {
        if kind % 8 == 7 { _ = try await queue.pool.collect(20, now: queue.now) }
        let claim = try await queue.claim(6, ttl: kind % 2 == 0 ? 60 : 3600)
        guard let first = claim.delivered.first else { return Result() }
        switch kind % 4 {
        case 0:
            try await queue.release(claim.id)
            return Result()
        case 1:
            #expect(try await queue.delete(first.id, holding: claim.id) == .deleted)
            return Result(deleted: [first.id], live: claim.id)
        case 2:
            #expect(try await queue.renew(claim.id, ttl: 60))
            return Result(live: claim.id)
        default:
            return Result(live: claim.id)
        }
    }
}
