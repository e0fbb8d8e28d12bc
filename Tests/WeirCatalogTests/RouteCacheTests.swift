import Synchronization
import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

@Suite("Routes in memory") struct RouteCacheTests {
    /// Works with two open pools.
    private func withPools(
        _ work: nonisolated(nonsending) (PoolSlot, PoolSlot) async throws -> Void
    ) async throws {
        try await Site.with { site in
            try await site.register(.shared("a"), .shared("b"))
            let pools = try await site.openPools()
            try await work(try #require(pools.pool(named: "a")), try #require(pools.pool(named: "b")))
        }
    }

    private func route(_ number: Int, _ pool: PoolSlot, settings: QueueSettings = QueueSettings()) -> Route {
        Route(
            ref: QueueRef(life: QueueLife(Int64(number)), epoch: Epoch(Int64(number % 7 + 1))), pool: pool,
            settings: settings)
    }

    @Test("a route is found as it was kept, while there is room")
    func keeps() async throws {
        try await withPools { a, b in
            let cache = RouteCache(capacity: 100_000)
            var settings = QueueSettings()
            for number in 0..<20_000 {
                settings.messageTTL = number % 50
                cache.insert(
                    route(number, number.isMultiple(of: 3) ? a : b, settings: settings),
                    for: try .named("queue-\(number)"), ticket: 0)
            }
            var lost = 0
            for number in 0..<20_000 {
                guard let found = cache.route(for: try .named("queue-\(number)")) else {
                    lost += 1
                    continue
                }
                #expect(found.ref == route(number, a).ref)
                #expect(found.pool === (number.isMultiple(of: 3) ? a : b))
                #expect(found.settings.messageTTL == number % 50)
            }
            #expect(lost < 200)
            #expect(try cache.route(for: .named("queue-0", of: "others")) == nil)
        }
    }

    @Test("a kept route takes at most 64 bytes, few or many")
    func small() async throws {
        try await withPools { a, _ in
            for count in [2000, 5000, 20_000, 70_000, 300_000] {
                let cache = RouteCache(capacity: 262_144)
                for number in 0..<count { cache.insert(route(number, a), for: try .named("q\(number)"), ticket: 0) }
                let size = cache.size
                #expect(size.routes <= 262_144)
                #expect(size.routes >= min(count, 230_000) * 97 / 100)
                #expect(size.bytes <= size.routes * 64, "\(count): \(size)")
            }
        }
    }

    @Test("routes in use stay when others make room")
    func hot() async throws {
        try await withPools { a, _ in
            let cache = RouteCache(capacity: 4096)
            for number in 0..<200_000 {
                cache.insert(route(number, a), for: try .named("cold-\(number)"), ticket: 0)
                let hot = try QueueKey.named("hot-\(number % 64)")
                if cache.route(for: hot) == nil { cache.insert(route(number % 64, a), for: hot, ticket: 0) }
            }
            var kept = 0
            for number in 0..<64 {
                if cache.route(for: try .named("hot-\(number)")) != nil { kept += 1 }
            }
            #expect(kept > 48)
        }
    }

    @Test("what was read before a removal is not kept")
    func tickets() async throws {
        try await withPools { a, _ in
            let cache = RouteCache(capacity: 100)
            let key = try QueueKey.named("jobs")
            let early = cache.ticket(for: key)
            cache.remove(key)
            cache.insert(route(1, a), for: key, ticket: early)
            #expect(cache.route(for: key) == nil)
            cache.insert(route(2, a), for: key, ticket: cache.ticket(for: key))
            #expect(cache.route(for: key)?.ref.life == QueueLife(2))
            cache.remove(key)
            #expect(cache.route(for: key) == nil)
        }
    }

    @Test("any number of different settings and pools are told apart")
    func interning() async throws {
        try await withPools { a, _ in
            let cache = RouteCache(capacity: 100_000)
            var settings = QueueSettings()
            for number in 0..<100_000 {
                settings.messageTTL = number
                let key = try QueueKey.named("queue-\(number)")
                cache.insert(route(number, a, settings: settings), for: key, ticket: 0)
                #expect(cache.route(for: key)?.settings.messageTTL == number)
            }
        }
    }

    @Test("callers that miss at once share a read, and none sees one that began before it came")
    func coalesced() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"))
            let node = try await site.node()
            let key = try QueueKey.named("jobs")
            _ = try await node.create(key)
            let before = site.store.reads
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2000 {
                    group.addTask {
                        let found = try await node.route(for: key)
                        #expect(found != nil)
                    }
                }
                try await group.waitForAll()
            }
            #expect(site.store.reads - before < 200)
            for number in 0..<200 {
                let fresh = try QueueKey.named("fresh-\(number)")
                async let others: Void = withTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { _ = try? await node.route(for: fresh) } }
                }
                _ = try await node.create(fresh)
                #expect(try await node.route(for: fresh) != nil)
                await others
            }
        }
    }
}
