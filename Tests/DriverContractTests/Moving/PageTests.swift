import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: pages of messages and claims") struct PageTests {
    @Test("pages hold all that has not expired, in order", arguments: DriverUnderTest.all, [1, 4, 100])
    func all(driver: DriverUnderTest, limit: Int) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            try await queue.post("brief", ttl: 60)
            try await queue.post(count: 9)
            try await queue.post("late", delay: 600)
            try await queue.post([.saying("kept", keptID: .unknown())])
            _ = try await queue.claim(4)
            _ = try await queue.pop(1)
            queue.clock.advance(seconds: 360)
            let everything = try await queue.everything()
            var found: [Message] = []
            while true {
                let page = try await pool.page(
                    of: queue.ref.life, after: found.last?.sequence ?? .start, limit: limit, bytes: plenty,
                    now: queue.now)
                #expect(page.count <= limit)
                guard !page.isEmpty, found.count < 100 else { break }
                found += page
            }
            #expect(found == everything)
            let none = try await pool.page(of: queue.ref.life, after: .start, limit: 0, bytes: plenty, now: queue.now)
            #expect(none.isEmpty)
        }
    }

    @Test("a page has about so many bytes, and one message at least", arguments: DriverUnderTest.all)
    func bytes(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            try await queue.post((1...8).map { .saying(String(repeating: String($0), count: 1000)) })
            for (bytes, most) in [(1, 2), (1000, 2), (3500, 4)] {
                let page = try await pool.page(
                    of: queue.ref.life, after: MessageSequence(2), limit: 100, bytes: bytes, now: queue.now)
                #expect(page.first?.sequence.value == 3)
                #expect(page.count <= most, "\(bytes)")
            }
        }
    }

    @Test("claims stand on pages as long as they live", arguments: DriverUnderTest.all, [1, 3, 100])
    func claims(driver: DriverUnderTest, limit: Int) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            try await queue.post(count: 20)
            let brief = try await queue.claim(2, ttl: 60)
            var live: [QueueUnderTest.Taken] = []
            for _ in 0..<6 { live.append(try await queue.claim(2, ttl: 600)) }
            let released = try await queue.claim(2, ttl: 600)
            try await queue.release(released.id)
            let emptied = live[0]
            #expect(try await queue.delete(emptied.delivered.ids) == .deleted)
            #expect(try await pool.allClaims(of: queue.ref.life, limit: limit, now: queue.now).count == 7)
            queue.clock.advance(seconds: 60)
            let found = try await pool.allClaims(of: queue.ref.life, limit: limit, now: queue.now)
            #expect(Set(found.map(\.id)) == Set(live.map(\.id)), "not \(brief.id)")
            #expect(found.count == live.count)
            for claim in found where claim.id != emptied.id {
                let taken = live.first { $0.id == claim.id }
                #expect(claim.messages == taken?.delivered.map(\.sequence))
                #expect(claim.until == taken?.delivered.first?.claimedUntil && claim.ttl == 600)
                #expect(claim.until == claim.renewed.adding(seconds: 600))
            }
        }
    }

    @Test("a census counts what is there", arguments: DriverUnderTest.all)
    func census(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            let empty = try await pool.census(of: queue.ref.life, now: queue.now)
            #expect(empty == QueueCensus(last: .start, stats: .empty))
            try await queue.post("brief", ttl: 60)
            try await queue.post(count: 5)
            _ = try await queue.claim(3)
            queue.clock.advance(seconds: 60)
            let census = try await pool.census(of: queue.ref.life, now: queue.now)
            #expect(census.last.value == 6)
            #expect(try await census.stats == queue.stats())
        }
    }

    @Test("of an unknown life there is nothing to read", arguments: DriverUnderTest.all)
    func unknown(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let pool = pool
            let now = ManualClock().now()
            let life = QueueRef.fresh().life
            await #expect(throws: StorageError.queueNotOpen) {
                _ = try await pool.page(of: life, after: .start, limit: 9, bytes: plenty, now: now)
            }
            await #expect(throws: StorageError.queueNotOpen) {
                _ = try await pool.claims(of: life, after: nil, limit: 9, now: now)
            }
            await #expect(throws: StorageError.queueNotOpen) { _ = try await pool.census(of: life, now: now) }
        }
    }

    @Test("of a retired life nothing is left to read", arguments: DriverUnderTest.all)
    func retired(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            try await queue.post(count: 3)
            _ = try await queue.claim(1)
            try await queue.pool.retire(queue.ref, now: queue.now)
            #expect(try await pool.copy(of: queue.ref.life, now: queue.now) == QueueCopy())
            try await queue.collectAll()
            #expect(try await pool.copy(of: queue.ref.life, now: queue.now) == QueueCopy())
        }
    }
}
