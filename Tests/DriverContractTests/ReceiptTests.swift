import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Posts with a receipt") struct ReceiptTests {
    private let messages = [NewMessage.saying("a"), .saying("b", delay: 60), .saying("c")]

    @Test("a repeat stores nothing and gets the ids of the first time", arguments: DriverUnderTest.all)
    func repeated(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("before")
            let receipt = queue.receipt()
            guard case .stored(let ids) = try await queue.post(messages, under: receipt) else {
                Issue.record("the first post was taken for a repeat")
                return
            }
            #expect(ids.map(\.sequence.value) == [2, 3, 4])
            #expect(try await queue.messages(ids).texts == ["a", "b", "c"])
            try await queue.post("after")
            #expect(try await queue.post(messages, under: receipt) == .repeated(ids))
            #expect(try await queue.everything().texts == ["before", "a", "b", "c", "after"])
            #expect(try await queue.lastSequence() == 5)
        }
    }

    @Test("whatever became of the messages, their repeat is one", arguments: DriverUnderTest.all)
    func gone(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let receipt = queue.receipt()
            let posted = try await queue.post([.saying("a", ttl: 60)], under: receipt)
            _ = try await queue.pop(9)
            #expect(try await queue.post([messages[0]], under: receipt).isRepeat)
            _ = try await queue.purge()
            #expect(try await queue.everything().isEmpty)
            queue.clock.advance(seconds: 100)
            try await queue.collectAll()
            #expect(try await queue.post([messages[0]], under: receipt).isRepeat)
            #expect(try await queue.everything().isEmpty)
            #expect(posted != .differs)
        }
    }

    @Test("something else under the same id is refused, and nothing is stored", arguments: DriverUnderTest.all)
    func differs(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let receipt = queue.receipt()
            _ = try await queue.post(messages, under: receipt)
            let other = PostReceipt(id: receipt.id, fingerprint: receipt.fingerprint + 1, until: receipt.until)
            #expect(try await queue.post([messages[0]], under: other) == .differs)
            #expect(try await queue.lastSequence() == 3)
        }
    }

    @Test("a receipt is forgotten when its time is over, whether or not it was collected", arguments: DriverUnderTest.all)
    func ends(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let receipt = queue.receipt(seconds: 300)
            _ = try await queue.post([messages[0]], under: receipt)
            queue.clock.advance(seconds: 299)
            #expect(try await queue.post([messages[0]], under: receipt).isRepeat)
            queue.clock.advance(seconds: 1)
            #expect(try await !queue.post([messages[0]], under: queue.receipt(receipt.id)).isRepeat)
            queue.clock.advance(seconds: 299)
            #expect(try await queue.post([messages[0]], under: receipt).isRepeat)
            queue.clock.advance(seconds: 1)
            try await queue.collectAll()
            #expect(try await !queue.post([messages[0]], under: queue.receipt(receipt.id)).isRepeat)
            #expect(try await queue.everything().texts == ["a", "a", "a"])
        }
    }

    @Test("other receipts and other queues have nothing to do with it", arguments: DriverUnderTest.all)
    func others(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let receipt = queue.receipt()
            _ = try await queue.post([messages[0]], under: receipt)
            #expect(try await !queue.post([messages[0]], under: queue.receipt()).isRepeat)
            let sibling = try await queue.sibling()
            #expect(try await !sibling.post([messages[0]], under: receipt).isRepeat)
            #expect(try await queue.list().count == 2)
            #expect(try await queue.claim(9).delivered.count == 2)
            #expect(try await queue.stats().claimed == 2)
        }
    }

    @Test("of many that race one stores, and all get its ids", arguments: DriverUnderTest.all)
    func race(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let receipts = (0..<8).map { _ in queue.receipt() }
            let outcomes = try await gather(64) { worker in
                (worker % 8, try await queue.post(messages, under: receipts[worker % 8]))
            }
            for place in 0..<8 {
                let mine = outcomes.filter { $0.0 == place }.map(\.1)
                #expect(mine.count { !$0.isRepeat } == 1)
                #expect(Set(mine.map(\.ids)).count == 1)
            }
            #expect(try await queue.everything().count == 24)
            #expect(try await queue.lastSequence() == 24)
        }
    }

    @Test("the route is checked as for any post", arguments: DriverUnderTest.all)
    func route(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let stale = QueueUnderTest(pool: queue.pool, ref: queue.ref.under(epoch: 7), clock: queue.clock)
            await #expect(throws: StorageError.staleRoute) { try await stale.post(messages, under: queue.receipt()) }
            let unknown = QueueUnderTest(pool: queue.pool, ref: .fresh(), clock: queue.clock)
            await #expect(throws: StorageError.queueNotOpen) {
                try await unknown.post(messages, under: queue.receipt())
            }
            let last = try await queue.lastSequence()
            #expect(last == 0)
        }
    }

    @Test("a pool that says DURABILITY knows its receipts across a restart", arguments: DriverUnderTest.all)
    func restart(driver: DriverUnderTest) async throws {
        try await driver.withStore { store in
            let pool = try await store.open()
            let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
            let isDurable = try await pool.probe(now: queue.now).capabilities.contains(.durability)
            let receipt = queue.receipt()
            let posted = try await queue.post(messages, under: receipt)
            await pool.shutdown()
            guard isDurable else { return }
            let reopened = try await store.open()
            let again = QueueUnderTest(pool: reopened, ref: queue.ref, clock: queue.clock)
            #expect(try await again.post(messages, under: receipt) == .repeated(posted.ids))
            await reopened.shutdown()
        }
    }

    @Test("receipts go where the queue goes, and come back", arguments: MovePair.all)
    func move(pair: MovePair) async throws {
        try await pair.withQueue { queue, pool in
            let early = queue.receipt()
            let late = queue.receipt()
            let there = queue.receipt()
            let first = try await queue.post(messages, under: early)
            _ = try await queue.pop(9)
            let move = MoveUnderTest(queue, to: pool)
            try await move.begin()
            try await move.copy()
            let second = try await queue.post(messages, under: late)
            try await move.cutOver(isCapturing: true)
            await #expect(throws: StorageError.staleRoute) { try await queue.post(messages, under: early) }
            let moved = move.target
            #expect(try await moved.post(messages, under: early) == .repeated(first.ids))
            #expect(try await moved.post(messages, under: late) == .repeated(second.ids))
            let third = try await moved.post(messages, under: there)
            #expect(third.ids.map(\.sequence.value) == [7, 8, 9])
            let back = move.reversed()
            #expect(try await back.begin() == (.continued, .continued))
            try await back.cutOver()
            for (receipt, posted) in [(early, first), (late, second), (there, third)] {
                #expect(try await back.target.post(messages, under: receipt) == .repeated(posted.ids))
            }
        }
    }

    @Test("a fence keeps them out like all others", arguments: DriverUnderTest.all)
    func fence(driver: DriverUnderTest) async throws {
        try await driver.withPools(.memory) { pool, other in
            let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
            let receipt = queue.receipt()
            _ = try await queue.post(messages, under: receipt)
            let move = MoveUnderTest(queue, to: other)
            try await move.begin()
            try await move.fence()
            await #expect(throws: StorageError.fenced) { try await queue.post(messages, under: receipt) }
            await #expect(throws: StorageError.fenced) { try await queue.post(messages, under: queue.receipt()) }
            #expect(try await pool.census(of: queue.ref.life, now: queue.now).last.value == 3)
        }
    }
}

extension QueueUnderTest {
    fileprivate func receipt(_ id: ClaimID? = nil, seconds: Int = 300) -> PostReceipt {
        let fresh = ClaimID(receipt: .random(in: 0 ... .max), .random(in: 0 ... .max))
        return PostReceipt(id: id ?? fresh, fingerprint: 1 << 61 | 5, until: now.adding(seconds: seconds))
    }

    fileprivate func post(_ messages: [NewMessage], under receipt: PostReceipt) async throws -> PostOutcome {
        try await pool.post(messages, from: .producer, to: ref, under: receipt, now: now)
    }
}

extension PostOutcome {
    fileprivate var isRepeat: Bool {
        if case .repeated = self { true } else { false }
    }

    fileprivate var ids: [MessageID] {
        switch self {
        case .stored(let ids), .repeated(let ids): ids
        case .differs: []
        }
    }
}
