import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Tombstones") struct TombstoneTests {
    private func expectStale(_ work: () async throws -> Void) async {
        await #expect(throws: StorageError.staleRoute) { try await work() }
    }

    @Test("a retired life cannot be opened again under any epoch", arguments: DriverUnderTest.all)
    func staysEnded(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            try await queue.pool.retire(queue.ref, now: queue.now)
            for _ in 1...2 {
                for epoch in [Int64(0), 1, 2, .max] {
                    await expectStale {
                        try await queue.pool.open(queue.ref.under(epoch: epoch), now: queue.now)
                    }
                }
                queue.clock.advance(seconds: Limits.tombstoneSeconds - 1)
                try await queue.collectAll()
            }
        }
    }

    @Test("a life can be retired before it was opened", arguments: DriverUnderTest.all)
    func retiresTheUnopened(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ref = QueueRef.fresh()
            try await queue.pool.retire(ref, now: queue.now)
            await expectStale { try await queue.pool.open(ref, now: queue.now) }
            await expectStale { _ = try await queue.pool.stats(of: ref, now: queue.now) }
        }
    }

    @Test("retiring again is no error, whatever the epoch: nothing is served", arguments: DriverUnderTest.all)
    func retiresTwice(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            for epoch in [Int64(1), 1, 2, 0] {
                try await queue.pool.retire(queue.ref.under(epoch: epoch), now: queue.now)
                try await queue.collectAll()
            }
            await expectStale { try await queue.pool.open(queue.ref, now: queue.now) }
        }
    }

    @Test("a caller with an older epoch cannot retire, one with a newer can", arguments: DriverUnderTest.all)
    func obeysEpochs(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let queue = QueueUnderTest(pool: pool, ref: .fresh(epoch: Epoch(5)), clock: ManualClock())
            try await pool.open(queue.ref, now: queue.now)
            try await queue.post("a")
            await expectStale { try await pool.retire(queue.ref.under(epoch: 4), now: queue.now) }
            #expect(try await queue.list().texts == ["a"])
            try await pool.retire(queue.ref.under(epoch: 6), now: queue.now)
            await expectStale { _ = try await queue.list() }
        }
    }

    @Test("a tombstone is forgotten after its time", arguments: DriverUnderTest.all)
    func isForgotten(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            try await queue.pool.retire(queue.ref, now: queue.now)
            queue.clock.advance(seconds: Limits.tombstoneSeconds + 1)
            try await queue.collectAll(limit: 1)
            await #expect(throws: StorageError.queueNotOpen) { _ = try await queue.list() }
            // Lives are never reused, so this only shows that nothing at all is left of the old one.
            try await queue.pool.open(queue.ref, now: queue.now)
            #expect(try await queue.everything().isEmpty)
            #expect(try await queue.lastSequence() == 0)
        }
    }
}

@Suite("Garbage collection") struct GarbageCollectionTests {
    @Test("collection changes no answer", arguments: DriverUnderTest.all, [1, 7, 1000])
    func isInvisible(driver: DriverUnderTest, step: Int) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 5)
            let short = try await queue.claim(2, ttl: 60)
            let long = try await queue.claim(1, ttl: 600)
            try await queue.post("brief", ttl: 90)
            try await queue.post("delayed", delay: 300)
            queue.clock.advance(seconds: 100)
            let before = (try await queue.everything(), try await queue.list(), try await queue.stats())
            try await queue.collectAll(limit: step)
            #expect(try await queue.everything() == before.0)
            #expect(try await queue.list() == before.1)
            #expect(try await queue.stats() == before.2)
            #expect(try await queue.show(short.id) == nil)
            #expect(try await queue.show(long.id)?.messages.texts == ["3"])
            #expect(try await queue.claim(9).delivered.texts == ["1", "2", "4", "5"])
        }
    }

    @Test("collection comes to an end and then has nothing to do", arguments: DriverUnderTest.all)
    func ends(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let other = try await queue.sibling()
            try await queue.post(count: 50, ttl: 60)
            for _ in 1...5 { _ = try await queue.claim(2, ttl: 10, grace: 0) }
            try await other.post(count: 50)
            try await other.pool.retire(other.ref, now: other.now)
            queue.clock.advance(seconds: 60)
            try await queue.collectAll(limit: 10)
            #expect(try await queue.pool.collect(10, now: queue.now) == false)
            queue.clock.advance(seconds: Limits.tombstoneSeconds)
            try await queue.collectAll(limit: 10)
            #expect(try await queue.pool.collect(10, now: queue.now) == false)
        }
    }

    @Test("an empty pool has nothing to collect", arguments: DriverUnderTest.all)
    func emptyPool(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let mayBeMore = try await pool.collect(1000, now: ManualClock().now())
            #expect(!mayBeMore)
        }
    }

    @Test("what is retired is gone at once, and collected in steps", arguments: DriverUnderTest.all)
    func collectsRetired(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let other = try await queue.sibling()
            try await queue.post(count: 100)
            _ = try await queue.claim(50)
            try await other.post("stays")
            try await queue.pool.retire(queue.ref, now: queue.now)
            for _ in 1...3 {
                await #expect(throws: StorageError.staleRoute) { _ = try await queue.list() }
                _ = try await queue.pool.collect(30, now: queue.now)
            }
            try await queue.collectAll(limit: 30)
            #expect(try await other.everything().texts == ["stays"])
        }
    }

    @Test("the next sequence outlives every message", arguments: DriverUnderTest.all)
    func sequencesSurvive(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 5, ttl: 60)
            queue.clock.advance(seconds: 10 * Limits.tombstoneSeconds)
            try await queue.collectAll()
            #expect(try await queue.lastSequence() == 5)
            #expect(try await queue.post("next")[0].sequence.value == 6)
        }
    }
}
