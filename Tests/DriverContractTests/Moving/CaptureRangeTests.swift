import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: when capture begins and ends") struct CaptureRangeTests {
    @Test("beginning again continues", arguments: DriverUnderTest.all)
    func continues(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a")
            #expect(try await captured.pool.beginCapture(of: queue.ref, for: CapturedQueue.migration) == .continued)
            #expect(try await captured.news().messages.texts == ["a"])
        }
    }

    @Test("a later migration begins anew, an earlier one is refused", arguments: DriverUnderTest.all)
    func laterMigration(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a")
            await #expect(throws: StorageError.staleRoute) {
                _ = try await captured.pool.beginCapture(of: queue.ref, for: CapturedQueue.migration - 1)
            }
            #expect(try await captured.pool.held(queue.ref.life)?.capture == CapturedQueue.migration)
            #expect(try await captured.pool.beginCapture(of: queue.ref, for: 8) == .began)
            try await queue.post("b")
            let changes = try await captured.pool.changes(
                of: queue.ref, for: 8, limit: 9, bytes: plenty, now: queue.now)
            #expect(changes.part.messages.texts == ["b"] && changes.left == 0)
            await #expect(throws: StorageError.staleRoute) { _ = try await captured.changes() }
        }
    }

    @Test("only what is served here is captured", arguments: DriverUnderTest.all)
    func notServed(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            await #expect(throws: StorageError.queueNotOpen) { _ = try await pool.beginCapture(of: .fresh(), for: 7) }
            await #expect(throws: StorageError.staleRoute) {
                _ = try await pool.beginCapture(of: queue.ref.under(epoch: 2), for: 7)
            }
            #expect(try await pool.endCapture(of: queue.ref, for: 7, limit: 9) == false, "there is none")
            #expect(try await pool.endCapture(of: .fresh(), for: 7, limit: 9) == false)
            let shadow = QueueRef.fresh(epoch: Epoch(2))
            _ = try await pool.openShadow(of: shadow, turn: .turn(1), now: queue.now)
            await #expect(throws: StorageError.staleRoute) { _ = try await pool.beginCapture(of: shadow, for: 7) }
            #expect(try await pool.endCapture(of: shadow, for: 7, limit: 9) == false)
            try await queue.pool.retire(queue.ref, now: queue.now)
            await #expect(throws: StorageError.staleRoute) { _ = try await pool.beginCapture(of: queue.ref, for: 7) }
            #expect(try await pool.endCapture(of: queue.ref, for: 7, limit: 9) == false)
        }
    }

    @Test("capture ends in steps, and at once", arguments: DriverUnderTest.all)
    func ends(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post(count: 10)
            let migration = CapturedQueue.migration
            try await captured.pool.fence(queue.ref, turn: .turn(3))
            let other = queue.ref.under(epoch: 9)
            #expect(try await captured.pool.endCapture(of: other, for: migration, limit: 3) == false)
            await #expect(throws: StorageError.fenced) { _ = try await queue.list() }
            var steps = 1
            while try await captured.pool.endCapture(of: queue.ref, for: migration, limit: 3) {
                await #expect(throws: StorageError.staleRoute) { _ = try await captured.changes() }
                try await queue.post("no mark")
                steps += 1
                try #require(steps < 100)
            }
            let held = try await captured.pool.held(queue.ref.life)
            #expect(held == HeldLife(life: queue.ref.life, epoch: .first, role: .serving))
            await #expect(throws: StorageError.staleRoute) { _ = try await captured.changes() }
            #expect(try await captured.pool.beginCapture(of: queue.ref, for: migration) == .began)
            #expect(try await captured.news().isEmpty)
        }
    }

    @Test("capture, marks and fence are stored", arguments: DriverUnderTest.all.filter { $0.name != "memory" })
    func stored(driver: DriverUnderTest) async throws {
        try await driver.withStore { store in
            let ref = QueueRef.fresh()
            var marks: QueueChanges?
            for round in 1...2 {
                let pool = try await store.open()
                let queue = QueueUnderTest(pool: pool, ref: ref, clock: ManualClock())
                let captured = CapturedQueue(queue: queue)
                if round == 1 {
                    try await pool.open(ref, now: queue.now)
                    _ = try await captured.pool.beginCapture(of: ref, for: CapturedQueue.migration)
                    try await queue.post("a", "b")
                    _ = try await queue.claim(1)
                    try await captured.pool.unfence(ref, through: .turn(4))
                    try await captured.pool.fence(ref, turn: .turn(5))
                    marks = try await captured.changes()
                } else {
                    #expect(try await captured.changes() == marks)
                    await #expect(throws: StorageError.fenced) { _ = try await queue.list() }
                    try await captured.pool.unfence(ref, through: .turn(5))
                    await #expect(throws: StorageError.staleRoute) {
                        try await captured.pool.fence(ref, turn: .turn(5))
                    }
                    #expect(try await captured.pool.beginCapture(of: ref, for: CapturedQueue.migration) == .continued)
                }
                await pool.shutdown()
            }
        }
    }
}
