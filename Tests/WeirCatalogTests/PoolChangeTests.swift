import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

@Suite("Changes of pools through several nodes") struct PoolChangeTests {
    @Test("what was worked out from what is not so any more is not stored")
    func changed() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            try await first.put(.shared("a"), requiring: [])
            try await second.refresh()
            let seen = try #require(second.pool(named: "a")).record
            try await first.put(.shared("a", weight: 5), requiring: [])
            await #expect(throws: PoolRegistrationError.changed) {
                try await second.put(.shared("a", weight: 9), over: seen, requiring: [])
            }
            await #expect(throws: PoolRegistrationError.changed) {
                try await second.put(.shared("a", flavor: "gold"), over: nil, requiring: [])
            }
            #expect(try await site.store.pools().map(\.pool) == [.shared("a", weight: 5)])
            #expect(second.pool(named: "a")?.pool.weight == 5, "it has looked")
        }
    }

    @Test("a pool that another node has removed is no news that can be missed")
    func removed() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            for name in ["a", "b"] { try await first.put(.shared(name), requiring: []) }
            try await second.followNews()
            let seen = try #require(second.pool(named: "a")).record
            #expect(try await first.remove("a") == .removed)
            try await second.followNews()
            #expect(second.pools.map(\.name) == ["b"])
            await #expect(throws: PoolRegistrationError.changed) {
                try await second.put(.shared("a"), over: seen, requiring: [])
            }
            #expect(try await site.store.pools().map(\.pool.name) == ["b"])
        }
    }

    // MARK: Where nodes share the catalog

    @Test("a pool that is new, gets another store or is opened again takes queues only after a notice")
    func notice() async throws {
        try await withSharedCatalog { site in
            let pools = try await site.openPools()
            try await pools.put(.shared("a"), requiring: [])
            #expect(site.store.states == [.opening, .open])
            try await pools.put(.shared("a", weight: 5), requiring: [])
            #expect(site.store.states == [.opening, .open, .open])

            try await pools.put(Pool(name: "a", uri: "shared:b", weight: 5), requiring: [])
            try await pools.put(Pool(name: "a", uri: "shared:c", weight: 5, state: .draining), requiring: [])
            try await pools.put(Pool(name: "a", uri: "shared:c", weight: 5), requiring: [])
            #expect(site.store.states.dropFirst(3) == [.opening, .open, .draining, .opening, .open])
            #expect(pools.pool(named: "a")?.pool.state == .open)
        }
    }

    @Test("while it has not been read of everywhere, no queue is placed in it")
    func noQueues() async throws {
        try await withSharedCatalog { site in
            try await site.register(Pool(name: "a", uri: "shared:a", weight: 100, state: .opening), .shared("b"))
            let node = try await site.node()
            for number in 0..<20 { _ = try await node.create(.named("q\(number)")) }
            #expect(try await site.store.pools().map(\.queues) == [0, 20])
        }
    }

    @Test("what another node does within the notice stays")
    func withinNotice() async throws {
        try await withSharedCatalog { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            site.store.onPut { pool in
                guard pool.state == .opening else { return }
                _ = try? await second.remove("a")
            }
            try await first.put(.shared("a"), requiring: [])
            #expect(try await site.store.pools().isEmpty)
            #expect(first.pools.isEmpty)

            let changed = Pool(name: "a", uri: "shared:a", weight: 7, state: .draining)
            site.store.onPut { pool in
                guard pool.state == .opening else { return }
                try? await second.put(changed, requiring: [])
            }
            try await first.put(.shared("a"), requiring: [])
            #expect(try await site.store.pools().map(\.pool) == [changed])
        }
    }

    @Test("a pool whose node died within the notice is opened by another, after the notice and not before")
    func died() async throws {
        try await withSharedCatalog { site in
            try await site.register(Pool(name: "a", uri: "shared:a", weight: 5, state: .opening))
            let pools = try await site.openPools()
            site.clock.advance(milliseconds: Int64(Limits.noticeMilliseconds) - 1)
            await pools.openNoticed()
            #expect(try await site.store.pools().map(\.pool.state) == [.opening])

            // A change begins the time anew: it may be of the store.
            let moved = Pool(name: "a", uri: "shared:b", weight: 5, state: .opening)
            try await site.register(moved)
            try await pools.refresh()
            site.clock.advance(milliseconds: Int64(Limits.noticeMilliseconds) - 1)
            await pools.openNoticed()
            #expect(try await site.store.pools().map(\.pool) == [moved])

            site.clock.advance(milliseconds: 1)
            await pools.openNoticed()
            #expect(try await site.store.pools().map(\.pool) == [Pool(name: "a", uri: "shared:b", weight: 5)])
            #expect(pools.pool(named: "a")?.pool.state == .open)
        }
    }

    @Test("registering it again opens it too")
    func again() async throws {
        try await withSharedCatalog { site in
            let pool = Pool(name: "a", uri: "shared:a", weight: 5, state: .opening)
            for wanted in [PoolState.opening, .open] {
                try await site.register(pool)
                let pools = try await site.openPools()
                var repeated = pool
                repeated.state = wanted
                try await pools.put(repeated, requiring: [])
                #expect(try await site.store.pools().map(\.pool.state) == [.open])
            }
        }
    }

    private func withSharedCatalog(_ work: nonisolated(nonsending) (Site) async throws -> Void) async throws {
        try await Site.with { site in
            site.store.isShared = true
            try await work(site)
        }
    }
}
