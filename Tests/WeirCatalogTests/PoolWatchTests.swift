import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

@Suite("Watching pools") struct PoolWatchTests {
    /// A node with two pools and a queue in each.
    private func withTwoPools(
        _ work: nonisolated(nonsending) (Site, Catalog, PoolSlot, PoolSlot) async throws -> Void
    ) async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            let node = site.node(sharing: pools)
            try await pools.put(.shared("a"), requiring: [])
            _ = try await node.create(.named("on-a"))
            try await pools.put(.shared("a", weight: 0), requiring: [])
            try await pools.put(.shared("b"), requiring: [])
            _ = try await node.create(.named("on-b"))
            try await work(
                site, node, try #require(pools.pool(named: "a")), try #require(pools.pool(named: "b")))
        }
    }

    private func fail(_ node: Catalog, times: Int) async throws {
        for _ in 0..<times {
            await #expect(throws: StorageError.self) {
                try await node.post("x", to: .named("on-a"))
            }
        }
    }

    @Test("after some failures in a row callers are refused without asking the store, until it answers again")
    func breaker() async throws {
        try await withTwoPools { site, node, a, b in
            try await node.post("first", to: .named("on-a"))
            site.shared["a"].isUp = false
            try await fail(node, times: Limits.failuresThatTrip)
            #expect(a.outage == "the store is away")
            #expect(a.trips == 1)
            let tries = site.shared["a"].tries
            try await fail(node, times: 10)
            #expect(site.shared["a"].tries == tries)
            #expect(a.trips == 1)
            try await node.post("x", to: .named("on-b"))
            #expect(b.outage == nil)

            await node.pools.ping([a, b])
            #expect(a.outage != nil)
            site.shared["a"].isUp = true
            await node.pools.ping([a, b])
            #expect(a.outage == nil)
            try await node.post("second", to: .named("on-a"))
            #expect(try await node.texts(in: .named("on-a")) == ["first", "second"])
        }
    }

    @Test("failures that are not in a row do not count")
    func successes() async throws {
        try await withTwoPools { site, node, a, _ in
            for _ in 0..<5 {
                site.shared["a"].isUp = false
                try await fail(node, times: Limits.failuresThatTrip - 1)
                site.shared["a"].isUp = true
                try await node.post("x", to: .named("on-a"))
            }
            #expect(a.outage == nil)
            #expect(a.trips == 0)
        }
    }

    @Test("a store that refuses is there: its breaker stays closed")
    func refusals() async throws {
        try await withTwoPools { _, node, a, _ in
            for error in [StorageError.refused("full"), .busy] {
                for _ in 0..<(Limits.failuresThatTrip * 2) {
                    await #expect(throws: error) {
                        try await node.withPool(of: .named("on-a")) { _, _ throws(StorageError) -> Void in throw error }
                    }
                }
            }
            #expect(a.outage == nil)
            try await node.post("x", to: .named("on-a"))
        }
    }

    @Test("a pool that hangs is taken for away and delays no other; one ping at a time waits for it")
    func hanging() async throws {
        try await withTwoPools { site, node, a, b in
            site.shared["a"].hang()
            // The other one may be late too while the machine is busy: its next ping makes up for that.
            repeat { await node.pools.ping([a, b]) } while b.outage != nil
            #expect(a.outage == "does not answer")
            while site.shared["a"].hanging < 1 { await Task.yield() }
            let tries = site.shared["a"].tries
            for _ in 0..<20 { await node.pools.ping([a, b]) }
            #expect(site.shared["a"].tries == tries && site.shared["a"].hanging == 1)
            while b.outage != nil { await node.pools.ping([b]) }
            await #expect(throws: StorageError.cutOff("does not answer")) {
                try await node.post("x", to: .named("on-a"))
            }
            try await node.post("x", to: .named("on-b"))

            site.shared["a"].resume()
            while a.outage != nil { await node.pools.ping([a]) }
            try await node.post("x", to: .named("on-a"))
        }
    }

    @Test("a pool that loses what its flavor requires takes no new queues of it, until it has it again")
    func shortfall() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"), .shared("b"))
            try await site.put(flavor: "gold", required: [.fifo, .claims], pools: ["a", "b"])
            let pools = try await site.openPools()
            let node = site.node(sharing: pools)
            let a = try #require(pools.pool(named: "a"))
            #expect(a.shortfall.isEmpty)

            site.shared["a"].lacks = [.fifo, .highThroughput]
            try await pools.probe(a)
            #expect(a.shortfall == [.fifo])
            for number in 0..<40 { _ = try await node.create(.named("queue-\(number)"), flavor: "gold") }
            for number in 0..<40 { #expect(try await node.pool(of: .named("queue-\(number)")) == "b") }

            site.shared["a"].lacks = []
            try await pools.probe(a)
            #expect(a.shortfall.isEmpty)
            var places: Set<String> = []
            for number in 40..<80 {
                _ = try await node.create(.named("queue-\(number)"), flavor: "gold")
                places.insert(try await node.pool(of: .named("queue-\(number)")))
            }
            #expect(places == ["a", "b"])
        }
    }

    @Test("a flavor that comes to require more is compared with its pools, whoever's flavor it is")
    func requirements() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"))
            try await site.put(flavor: "gold", required: [], pools: ["a"])
            let pools = try await site.openPools()
            let a = try #require(pools.pool(named: "a"))
            #expect(a.shortfall.isEmpty)
            try await site.put(flavor: "gold", of: "others", required: [.durability], pools: ["a"])
            try await pools.refresh()
            #expect(a.shortfall == [.durability])
        }
    }
}
