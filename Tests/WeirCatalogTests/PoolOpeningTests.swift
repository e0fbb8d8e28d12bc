import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

@Suite("Opening pools beside everything else") struct PoolOpeningTests {
    @Test("a pool that hangs while it is opened keeps the node from learning nothing, and is tried once at a time")
    func hanging() async throws {
        try await Site.with { site in
            site.shared["a"].isUp = false
            try await site.register(.shared("a"), .shared("b"))
            let pools = try await site.openPools()
            site.shared["a"].isUp = true
            site.shared["a"].hang()
            var attempts: [Task<Void, Never>] = []
            for weight in 1...5 {
                try await site.register(.shared("b", weight: weight), .shared("c", weight: weight))
                attempts += try await pools.follow()
                #expect(pools.pool(named: "b")?.pool.weight == weight)
            }
            try await site.register(.shared("d"))
            try await pools.followNews()
            #expect(pools.pools.map { $0.outage == nil } == [false, true, true, true])

            site.shared["a"].resume()
            for attempt in attempts { await attempt.value }
            #expect(pools.pools.allSatisfy { $0.outage == nil })
            #expect(site.shared["a"].openDrivers == 1)
        }
    }

    @Test("the shutdown does not wait for a pool that hangs, and leaves no driver open")
    func shutdown() async throws {
        try await Site.with { site in
            site.shared["a"].isUp = false
            try await site.register(.shared("a"))
            let pools = try await site.openPools()
            site.shared["a"].isUp = true
            site.shared["a"].hang()
            let attempts = try await pools.follow()
            await pools.shutdown()
            site.shared["a"].resume()
            for attempt in attempts { await attempt.value }
            #expect(attempts.count == 1)
            #expect(site.shared["a"].openDrivers == 0)
        }
    }

    @Test("whoever asks for a pool that nobody has tried yet waits for that; of one that failed nobody waits")
    func untried() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            try await first.put(.shared("a"), requiring: [])
            let (one, two) = (site.node(sharing: first), site.node(sharing: second))
            _ = try await one.create(.named("jobs"))
            try await one.post("x", to: .named("jobs"))
            site.shared["a"].hang()
            let attempts = try await second.follow()
            async let found = two.texts(in: .named("jobs"))
            while site.shared["a"].hanging < 1 { await Task.yield() }
            site.shared["a"].resume()
            #expect(try await found == ["x"])
            for attempt in attempts { await attempt.value }

            site.shared["b"].isUp = false
            try await site.register(.shared("b"))
            try await second.followNews()
            site.shared["b"].isUp = true
            site.shared["b"].hang()
            try await second.follow()
            let slot = try #require(second.pool(named: "b"))
            await #expect(throws: StorageError.cutOff("the store is away")) {
                try await slot.chore { driver throws(StorageError) in try await driver.ping() }
            }
            site.shared["b"].resume()
        }
    }

    // MARK: Serving on

    @Test("a pool whose options another node has changed serves on until it is open with the new ones")
    func servesOn() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            try await first.put(.shared("a"), requiring: [])
            try await second.refresh()
            let node = site.node(sharing: second)
            _ = try await node.create(.named("jobs"))
            var changed = Pool.shared("a")
            changed.options = Array(#"{"x":1}"#.utf8)
            try await first.put(changed, requiring: [])
            site.shared["a"].hang()
            let attempts = try await second.follow()
            try await node.post("1", to: .named("jobs"))
            #expect(second.pool(named: "a")?.outage == nil)
            site.shared["a"].resume()
            for attempt in attempts { await attempt.value }
            try await node.post("2", to: .named("jobs"))
            #expect(try await node.texts(in: .named("jobs")) == ["1", "2"])
            #expect(site.shared["a"].openDrivers == 2, "one driver a node")
        }
    }

    @Test("if it cannot be opened with them it serves as before, and is tried again")
    func servesAsBefore() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            try await first.put(.shared("a"), requiring: [])
            try await second.refresh()
            let node = site.node(sharing: second)
            _ = try await node.create(.named("jobs"))
            var changed = Pool.shared("a")
            changed.options = Array(#"{"x":1}"#.utf8)
            try await first.put(changed, requiring: [])
            site.shared["a"].isUp = false
            try await second.refresh()
            site.shared["a"].isUp = true
            try await node.post("x", to: .named("jobs"))
            #expect(try await second.follow().count == 1)
            #expect(try await second.follow().count <= 1)
            try await second.refresh()
            #expect(try await second.follow().isEmpty)
            #expect(site.shared["a"].openDrivers == 2)
        }
    }

    @Test("nobody gets to the former store of a pool once its new one is known, however long that takes to open")
    func formerStore() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            try await first.put(.shared("a"), requiring: [])
            try await second.refresh()
            try await first.put(Pool(name: "a", uri: "shared:other", weight: 1), requiring: [])
            site.shared["other"].hang()
            let attempts = try await second.follow()
            let slot = try #require(second.pool(named: "a"))
            #expect(slot.outage != nil)
            #expect(throws: StorageError.self) { try slot.driver() }
            site.shared["other"].resume()
            for attempt in attempts { await attempt.value }
            #expect(slot.outage == nil)
            #expect(site.shared["a"].openDrivers == 0)
        }
    }

    @Test("callers of an embedded pool wait while it is opened with other options")
    func embedded() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            try await pools.put(PoolKind.sqlite.pool("a"), requiring: [])
            let node = site.node(sharing: pools)
            _ = try await node.create(.named("jobs"))
            let endings = Counter()
            let posted = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        var count = 0
                        while endings.count == 0 {
                            try await node.post("x", to: .named("jobs"))
                            count += 1
                        }
                        return count
                    }
                }
                defer { endings.add() }
                for options in [#"{"synchronous":"normal"}"#, "{}", #"{"synchronous":"normal"}"#] {
                    try await pools.put(PoolKind.sqlite.pool("a", options: options), requiring: [])
                    await #expect(throws: PoolRegistrationError.lacks([.highThroughput])) {
                        try await pools.put(
                            PoolKind.sqlite.pool("a", options: #"{"readers":1}"#), requiring: [.highThroughput])
                    }
                }
                endings.add()
                return try await group.reduce(0, +)
            }
            let (route, now) = (try #require(try await node.route(for: .named("jobs"))), site.clock.now())
            #expect(try await route.pool.driver().stats(of: route.ref, now: now).total == posted)
        }
    }

    @Test("options that cannot be are refused before anything is closed")
    func refusedOptions() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            try await pools.put(PoolKind.sqlite.pool("a"), requiring: [])
            let slot = try #require(pools.pool(named: "a"))
            let before = try slot.driver() as AnyObject
            await #expect(throws: PoolRegistrationError.self) {
                try await pools.put(PoolKind.sqlite.pool("a", options: #"{"synchronous":"maybe"}"#), requiring: [])
            }
            #expect(try slot.driver() as AnyObject === before)
        }
    }
}
