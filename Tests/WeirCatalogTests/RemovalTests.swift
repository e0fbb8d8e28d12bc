import MemoryDriver
import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

@Suite("Removing queues") struct RemovalTests {
    private func withQueue(_ work: nonisolated(nonsending) (Site, Catalog, QueueKey) async throws -> Void)
        async throws
    {
        try await Site.with { site in
            try await site.register(.shared("a"))
            let node = try await site.node()
            let key = try QueueKey.named("jobs")
            _ = try await node.create(key)
            try await node.post("x", to: key)
            try await work(site, node, key)
        }
    }

    /// Whether the store would still serve this life.
    private func serves(_ pool: SharedPool, _ ref: QueueRef) async -> Bool {
        (try? await pool.store.lastSequence(of: ref)) != nil
    }

    @Test("a removed queue is gone from the catalog and from its pool")
    func removed() async throws {
        try await withQueue { site, node, key in
            let ref = try #require(try await site.store.queue(key)).ref
            try await node.remove(key)
            #expect(try await site.store.queue(key) == nil)
            #expect(try await node.texts(in: key) == nil)
            #expect(await !serves(site.shared["a"], ref))
            #expect(try await site.store.base.retirements(limit: 10).isEmpty)
        }
    }

    @Test("removing what is not there is no error")
    func nothing() async throws {
        try await withQueue { site, node, key in
            try await node.remove(.named("other"))
            try await node.remove(.named("jobs", of: "others"))
            #expect(try await node.texts(in: key) == ["x"])
            #expect(try await site.store.base.retirements(limit: 10).isEmpty)
        }
    }

    @Test("a queue whose pool is away is gone at once, and the pool is told when it is back")
    func poolAway() async throws {
        try await withQueue { site, node, key in
            let pool = site.shared["a"]
            let ref = try #require(try await site.store.queue(key)).ref
            pool.isUp = false
            try await node.remove(key)
            #expect(try await site.store.queue(key) == nil)
            #expect(try await node.texts(in: key) == nil)
            await node.retireRemovedOnce()
            #expect(try await site.store.base.retirements(limit: 10) == [Retirement(ref: ref, pool: "a")])

            pool.isUp = true
            #expect(await serves(pool, ref))
            await node.retireRemovedOnce()
            #expect(await !serves(pool, ref))
            #expect(try await site.store.base.retirements(limit: 10).isEmpty)
        }
    }

    @Test("a queue created again while its pool was away is not touched by what is retired later")
    func recreatedMeanwhile() async throws {
        try await withQueue { site, node, key in
            let pool = site.shared["a"]
            pool.isUp = false
            try await node.remove(key)
            site.clock.advance(milliseconds: 1)
            #expect(try await node.create(key))
            pool.isUp = true
            #expect(try await node.texts(in: key) == nil, "nothing of the old one")
            try await node.post("new", to: key)
            await node.retireRemovedOnce()
            #expect(try await node.texts(in: key) == ["new"])
        }
    }

    @Test("a pool that was away does not keep others from retiring")
    func othersGoOn() async throws {
        try await withQueue { site, node, key in
            try await node.pools.put(.shared("a", weight: 0), requiring: [])
            try await node.pools.put(.shared("b"), requiring: [])
            let other = try QueueKey.named("other")
            _ = try await node.create(other)
            try await node.post("y", to: other)
            site.shared["a"].isUp = false
            site.shared["b"].isUp = false
            try await node.remove(key)
            try await node.remove(other)
            site.shared["b"].isUp = true
            await node.retireRemovedOnce()
            #expect(try await site.store.base.retirements(limit: 10).map(\.pool) == ["a"])
        }
    }

    @Test("a node that stopped between the catalog and the pool leaves nothing behind")
    func crash() async throws {
        try await withQueue { site, node, key in
            let ref = try #require(try await site.store.queue(key)).ref
            _ = try await site.store.base.remove(key)
            #expect(await serves(site.shared["a"], ref))
            let next = try await site.node()
            await next.retireRemovedOnce()
            #expect(await !serves(site.shared["a"], ref))
            #expect(try await node.texts(in: key) == nil)
        }
    }

    @Test(
        "retiring a life twice, the second time under an earlier epoch, is no error",
        arguments: PoolKind.allCases)
    func earlierEpoch(kind: PoolKind) async throws {
        try await Site.with { site in
            try await site.register(kind.pool("a"))
            let node = try await site.node()
            let driver = try #require(node.pools.pool(named: "a")).driver()
            let ref = QueueRef.fresh()
            try await driver.retire(ref.under(epoch: 2), now: site.clock.now())
            try await driver.retire(ref, now: site.clock.now())
            await #expect(throws: StorageError.staleRoute) {
                try await driver.open(ref, now: site.clock.now())
            }
        }
    }
}
