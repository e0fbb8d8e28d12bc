import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Epochs and lives") struct EpochTests {
    @Test("nothing works on a queue that was never opened", arguments: DriverUnderTest.all)
    func neverOpened(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            await QueueOperation.expectAll(.queueNotOpen, on: queue, as: .fresh())
        }
    }

    @Test("nothing works under another epoch, older or newer", arguments: DriverUnderTest.all)
    func otherEpoch(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let queue = QueueUnderTest(pool: pool, ref: .fresh(epoch: Epoch(5)), clock: ManualClock())
            try await pool.open(queue.ref, now: queue.now)
            try await queue.post("a")
            for epoch in [Int64.min, 0, 4, 6, Int64.max] {
                await QueueOperation.expectAll(.staleRoute, on: queue, as: queue.ref.under(epoch: epoch))
            }
            #expect(try await queue.list().texts == ["a"], "refused operations did nothing")
        }
    }

    @Test("nothing works on a life that has ended", arguments: DriverUnderTest.all)
    func ended(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            try await queue.pool.retire(queue.ref, now: queue.now)
            await QueueOperation.expectAll(.staleRoute, on: queue, as: queue.ref)
            try await queue.collectAll()
            await QueueOperation.expectAll(.staleRoute, on: queue, as: queue.ref)
        }
    }

    @Test("opening again under the same epoch changes nothing", arguments: DriverUnderTest.all)
    func opensTwice(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a", "b")
            let taken = try await queue.claim()
            try await queue.pool.open(queue.ref, now: queue.now)
            #expect(try await queue.everything().texts == ["a", "b"])
            #expect(try await queue.show(taken.id)?.messages.texts == ["a"])
            #expect(try await queue.lastSequence() == 2)
        }
    }

    @Test("opening under another epoch is refused", arguments: DriverUnderTest.all)
    func opensOtherEpoch(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let queue = QueueUnderTest(pool: pool, ref: .fresh(epoch: Epoch(5)), clock: ManualClock())
            try await pool.open(queue.ref, now: queue.now)
            for epoch in [Int64(4), 6] {
                await #expect(throws: StorageError.staleRoute) {
                    try await pool.open(queue.ref.under(epoch: epoch), now: queue.now)
                }
            }
            try await queue.post("a")
            #expect(try await queue.list().texts == ["a"])
        }
    }
}
