import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Epochs and lives") struct EpochTests {
    private func expectAll(_ error: StorageError, on queue: QueueUnderTest, as ref: QueueRef) async {
        for operation in QueueOperation.allCases {
            await #expect(throws: error, "\(operation)") {
                try await operation.perform(on: queue.pool, ref, now: queue.now)
            }
        }
    }

    @Test("nothing works on a queue that was never opened", arguments: DriverUnderTest.all)
    func neverOpened(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            await expectAll(.queueNotOpen, on: queue, as: .fresh())
        }
    }

    @Test("nothing works under another epoch, older or newer", arguments: DriverUnderTest.all)
    func otherEpoch(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let queue = QueueUnderTest(pool: pool, ref: .fresh(epoch: Epoch(5)), clock: ManualClock())
            try await pool.open(queue.ref, now: queue.now)
            try await queue.post("a")
            for epoch in [Int64.min, 0, 4, 6, Int64.max] {
                await expectAll(.staleRoute, on: queue, as: queue.ref.under(epoch: epoch))
            }
            #expect(try await queue.list().texts == ["a"], "refused operations did nothing")
        }
    }

    @Test("nothing works on a life that has ended", arguments: DriverUnderTest.all)
    func ended(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            try await queue.pool.retire(queue.ref, now: queue.now)
            await expectAll(.staleRoute, on: queue, as: queue.ref)
            try await queue.collectAll()
            await expectAll(.staleRoute, on: queue, as: queue.ref)
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

/// Every operation on a queue besides opening and retiring it, each as harmless as it can be.
private enum QueueOperation: CaseIterable {
    case post, list, look, position, delete, deleteHolding, bulkDelete, pop, purge, lastSequence, stats
    case claim, show, renew, release

    func perform(on pool: any PoolDriver, _ ref: QueueRef, now: Timestamp) async throws {
        let terms = ClaimTerms(ttl: 60, grace: 60)
        switch self {
        case .post: _ = try await pool.post([.saying("x")], from: .producer, to: ref, now: now)
        case .list: _ = try await pool.list(MessageFilter(after: .start, limit: 1), in: ref, now: now)
        case .look: _ = try await pool.messages([.unknown()], in: ref, now: now)
        case .position: _ = try await pool.position(of: .unknown(), in: ref, now: now)
        case .delete: _ = try await pool.delete(.unknown(), holding: nil, in: ref, now: now)
        case .deleteHolding: _ = try await pool.delete(.unknown(), holding: .fresh(), in: ref, now: now)
        case .bulkDelete: _ = try await pool.delete([.unknown()], demanding: nil, in: ref, now: now)
        case .pop: _ = try await pool.pop(1, from: ref, now: now)
        case .purge: _ = try await pool.purge(through: MessageSequence(.max), limit: 1, in: ref, now: now)
        case .lastSequence: _ = try await pool.lastSequence(of: ref)
        case .stats: _ = try await pool.stats(of: ref, now: now)
        case .claim:
            _ = try await pool.claim(ClaimRequest(id: .fresh(), terms: terms, limit: 1), in: ref, now: now)
        case .show: _ = try await pool.claim(.fresh(), in: ref, now: now)
        case .renew: _ = try await pool.renew(.fresh(), terms: terms, in: ref, now: now)
        case .release: try await pool.release(.fresh(), in: ref, now: now)
        }
    }
}
