import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

@Suite("Following the catalog's pools") struct PoolRefreshTests {
    @Test("a pool that cannot be reached is kept as such, and tried again")
    func retried() async throws {
        try await Site.with { site in
            site.shared["a"].isUp = false
            try await site.register(.shared("a"))
            let pools = try await site.openPools()
            let slot = try #require(pools.pool(named: "a"))
            #expect(slot.outage == "the store is away")
            #expect(slot.capabilities.isEmpty)
            #expect(throws: StorageError.cutOff("the store is away")) { try slot.driver() }
            try await pools.refresh()
            #expect(slot.outage != nil)

            site.shared["a"].isUp = true
            try await pools.refresh()
            #expect(slot.outage == nil)
            #expect(slot.capabilities.contains(.fifo))
            try await slot.driver().ping()
        }
    }

    @Test("a broken pool does not keep others from opening")
    func others() async throws {
        try await Site.with { site in
            site.shared["b"].isUp = false
            try await site.register(
                .shared("a"), .shared("b"), Pool(name: "c", uri: "nothing:c", weight: 1), .shared("d"))
            let pools = try await site.openPools()
            #expect(pools.pools.map { $0.outage == nil } == [true, false, false, true])
        }
    }

    @Test("what another node registers, changes and removes is followed")
    func followed() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            try await first.put(.shared("a"), requiring: [])
            #expect(second.pool(named: "a") == nil)
            try await second.refresh()
            #expect(second.pool(named: "a")?.pool == .shared("a"))
            #expect(site.shared["a"].openDrivers == 2)

            let moved = Pool(name: "a", uri: "shared:other", weight: 5, flavor: "gold")
            try await first.put(moved, requiring: [])
            try await second.refresh()
            #expect(second.pool(named: "a")?.pool == moved)
            #expect(site.shared["a"].openDrivers == 0)
            #expect(site.shared["other"].openDrivers == 2)

            try await first.put(Pool(name: "a", uri: "shared:other", weight: 5), requiring: [])
            #expect(try await first.remove("a") == .removed)
            try await second.refresh()
            #expect(second.pools.isEmpty)
            #expect(site.shared["other"].openDrivers == 0)
        }
    }

    @Test("a pool removed and registered anew under its old name is the new one")
    func replaced() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            try await first.put(.shared("a"), requiring: [])
            try await second.refresh()
            #expect(try await first.remove("a") == .removed)
            try await first.put(Pool(name: "a", uri: "shared:new", weight: 1), requiring: [])
            try await second.refresh()
            let node = site.node(sharing: second)
            _ = try await node.create(.named("jobs"))
            try await node.post("x", to: .named("jobs"))
            #expect(try await site.node(sharing: first).texts(in: .named("jobs")) == ["x"])
        }
    }

    @Test("refreshing when nothing changed opens nothing anew")
    func unchanged() async throws {
        try await Site.with { site in
            try await site.register(PoolKind.memory.pool("a"))
            let pools = try await site.openPools()
            let node = site.node(sharing: pools)
            _ = try await node.create(.named("jobs"))
            try await node.post("x", to: .named("jobs"))
            for _ in 0..<5 { try await pools.refresh() }
            #expect(try await node.texts(in: .named("jobs")) == ["x"])
        }
    }

    @Test("names that flavors write on pools and take off them are followed")
    func flavors() async throws {
        try await Site.with { site in
            try await site.register(PoolKind.memory.pool("a"))
            let pools = try await site.openPools()
            try await site.put(flavor: "gold", required: [], pools: ["a"])
            try await pools.refresh()
            #expect(pools.pool(named: "a")?.pool.flavorName == "gold")
            try await site.store.removeFlavor("gold", of: QueueKey.named("x").project)
            try await pools.refresh()
            #expect(pools.pool(named: "a")?.pool.flavorName == nil)
        }
    }

    @Test("a probe is the pool's present state, and one that fails leaves the last")
    func probe() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"))
            let pools = try await site.openPools()
            let slot = try #require(pools.pool(named: "a"))
            let before = try #require(slot.probe)
            site.clock.advance(seconds: 60)
            try await pools.probe(slot)
            #expect(slot.probe?.at == before.at.adding(seconds: 60))
            site.shared["a"].isUp = false
            await #expect(throws: StorageError.unavailable("the store is away")) {
                try await pools.probe(slot)
            }
            #expect(slot.probe?.at == before.at.adding(seconds: 60))
            #expect(slot.capabilities == before.capabilities)
        }
    }

    @Test("after the shutdown no driver is open")
    func shutdown() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"), .shared("b"))
            let pools = try await site.openPools()
            let slot = try #require(pools.pool(named: "a"))
            await pools.shutdown()
            #expect(site.shared["a"].openDrivers + site.shared["b"].openDrivers == 0)
            #expect(throws: StorageError.self) { try slot.driver() }
        }
    }
}
