import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Probe and life cycle") struct ProbeTests {
    @Test("the probe says what the pool has and why it lacks the rest", arguments: DriverUnderTest.all)
    func probes(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let now = ManualClock().now()
            let probe = try await pool.probe(now: now)
            #expect(probe.at == now)
            #expect(!probe.facts.isEmpty)
            for capability in Capability.allCases {
                let sentence = probe.missing[capability]
                #expect(probe.capabilities.contains(capability) == (sentence == nil), "\(capability)")
                #expect(sentence?.isEmpty != true)
            }
        }
    }

    @Test("the probe never goes beyond the driver's matrix", arguments: DriverUnderTest.all)
    func agreesWithMatrix(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let probe = try await pool.probe(now: ManualClock().now())
            for capability in Capability.allCases {
                switch driver.matrix.support(for: capability) {
                case .always: #expect(probe.capabilities.contains(capability), "\(capability)")
                case .never: #expect(!probe.capabilities.contains(capability), "\(capability)")
                case .when(let condition): #expect(!condition.isEmpty)
                }
            }
        }
    }

    @Test("every driver keeps order, claims and delivery", arguments: DriverUnderTest.all)
    func hasTheBasics(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let probe = try await pool.probe(now: ManualClock().now())
            #expect(probe.capabilities.missing(from: [.fifo, .claims, .atLeastOnce]).isEmpty)
        }
    }

    @Test("a live pool answers a ping", arguments: DriverUnderTest.all)
    func pings(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            try await pool.ping()
        }
    }

    @Test("after its shutdown a pool is unavailable", arguments: DriverUnderTest.all)
    func shutsDown(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a")
            await queue.pool.shutdown()
            await expectUnavailable { try await queue.pool.open(.fresh(), now: queue.now) }
            await expectUnavailable { try await queue.pool.retire(queue.ref, now: queue.now) }
            await expectUnavailable { _ = try await queue.post("b") }
            await expectUnavailable { _ = try await queue.list() }
            await expectUnavailable { _ = try await queue.claim() }
            await expectUnavailable { _ = try await queue.stats() }
            await expectUnavailable { _ = try await queue.pool.collect(1, now: queue.now) }
            await expectUnavailable { _ = try await queue.pool.probe(now: queue.now) }
            await expectUnavailable { try await queue.pool.ping() }
            await queue.pool.shutdown()
        }
    }

    private func expectUnavailable(_ work: () async throws -> Void) async {
        await #expect {
            try await work()
        } throws: { error in
            if case StorageError.unavailable(let reason) = error { !reason.isEmpty } else { false }
        }
    }
}

@Suite("Durability") struct DurabilityTests {
    /// Everything that a queue shows, to be compared across a restart.
    private struct Picture: Equatable {
        let messages: [Message]
        let free: [Message]
        let stats: QueueStats
        let claim: Claim?
        let last: Int64

        init(_ queue: QueueUnderTest, _ claim: ClaimID) async throws {
            messages = try await queue.everything()
            free = try await queue.list()
            stats = try await queue.stats()
            self.claim = try await queue.show(claim)
            last = try await queue.lastSequence()
        }
    }

    @Test("a pool that says DURABILITY keeps everything across a restart", arguments: DriverUnderTest.all)
    func survivesRestart(driver: DriverUnderTest) async throws {
        try await driver.withStore { store in
            let pool = try await store.open()
            let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
            let probe = try await pool.probe(now: queue.now)
            guard probe.capabilities.contains(.durability) else { return await pool.shutdown() }

            let retired = try await queue.sibling()
            try await pool.retire(retired.ref, now: queue.now)
            let kept = MessageID(sequence: MessageSequence(1), nonce: 4)
            let ids = try await queue.post(count: 8)
            try await queue.post([.saying("delayed", delay: 600), .saying("kept", keptID: kept)])
            _ = try await queue.claim(1, ttl: 60)
            let claim = try await queue.claim(3, ttl: 600)
            #expect(try await queue.delete(ids[2], holding: claim.id) == .deleted)
            queue.clock.advance(seconds: 60)
            let before = try await Picture(queue, claim.id)
            await pool.shutdown()

            let reopened = try await store.open()
            let again = QueueUnderTest(pool: reopened, ref: queue.ref, clock: queue.clock)
            #expect(try await Picture(again, claim.id) == before)
            #expect(try await again.message(kept)?.text == "kept")
            await #expect(throws: StorageError.staleRoute) {
                try await reopened.open(retired.ref, now: again.now)
            }
            #expect(try await again.claim(20).delivered.texts == ["1", "5", "6", "7", "8", "kept"])
            #expect(try await again.post("next")[0].sequence.value == 11)
            await reopened.shutdown()
        }
    }

    @Test("what was accepted before a shutdown is stored", arguments: DriverUnderTest.all)
    func finishesWork(driver: DriverUnderTest) async throws {
        try await driver.withStore { store in
            let pool = try await store.open()
            let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
            let isDurable = try await pool.probe(now: queue.now).capabilities.contains(.durability)
            let acknowledged = await withTaskGroup(of: MessageID?.self) { group in
                for worker in 0..<200 {
                    group.addTask {
                        if worker == 100 { await pool.shutdown() }
                        return try? await queue.post("\(worker)").first
                    }
                }
                return await group.reduce(into: Set()) { if let id = $1 { $0.insert(id) } }
            }
            await pool.shutdown()
            guard isDurable else { return }
            let reopened = try await store.open()
            let again = QueueUnderTest(pool: reopened, ref: queue.ref, clock: queue.clock)
            #expect(try await Set(again.list().ids) == acknowledged)
            await reopened.shutdown()
        }
    }
}
