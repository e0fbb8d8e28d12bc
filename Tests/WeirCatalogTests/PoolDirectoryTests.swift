import Foundation
import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

@Suite("Pools open on a node") struct PoolDirectoryTests {
    @Test("a registered pool is open, probed and in the catalog", arguments: PoolKind.allCases)
    func registered(kind: PoolKind) async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            let pool = kind.pool("a", weight: 7)
            try await pools.put(pool, requiring: [.fifo, .claims])
            let slot = try #require(pools.pool(named: "a"))
            #expect(slot.pool == pool)
            #expect(slot.driverName == kind.rawValue)
            #expect(slot.outage == nil)
            #expect(slot.capabilities.contains(.durability) == (kind == .sqlite))
            #expect(slot.probe?.at == site.clock.now())
            try await slot.driver().ping()
            #expect(try await site.store.pools().map(\.pool) == [pool])
        }
    }

    @Test("pools are listed in byte order of their names")
    func order() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            let names = ["-", "10", "2", "A", "a", "é"]
            for name in names.shuffled() { try await pools.put(.shared(name), requiring: []) }
            #expect(pools.pools.map(\.pool.name) == names)
        }
    }

    @Test("an unknown pool is none")
    func unknown() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            #expect(pools.pool(named: "a") == nil)
            #expect(try await pools.remove("a") == .removed)
        }
    }

    // MARK: Refusals

    @Test("where nodes share the catalog no pool may be part of one of them")
    func embedded() async throws {
        try await Site.with { site in
            site.store.isShared = true
            let pools = try await site.openPools()
            let error = await #expect(throws: PoolRegistrationError.self) {
                try await pools.put(PoolKind.sqlite.pool("a"), requiring: [])
            }
            guard case .unreachable(let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(reason.contains("shared"))
            #expect(try await site.store.pools().isEmpty)
            try await pools.put(.shared("b"), requiring: [])
        }
    }

    @Test(
        "what cannot be opened is not registered",
        arguments: ["shared:away", "nothing:x", "memory", "sqlite:a/b", ""])
    func unreachable(uri: String) async throws {
        try await Site.with { site in
            site.shared["away"].isUp = false
            let pools = try await site.openPools()
            let error = await #expect(throws: PoolRegistrationError.self) {
                try await pools.put(Pool(name: "a", uri: uri, weight: 1), requiring: [])
            }
            guard case .unreachable(let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(!reason.isEmpty)
            #expect(pools.pool(named: "a") == nil)
            #expect(try await site.store.pools().isEmpty)
        }
    }

    @Test("a uri belongs to one pool, whoever registered it")
    func uriInUse() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.openPools(), try await site.openPools())
            try await first.put(.shared("a"), requiring: [])
            let other = Pool(name: "b", uri: "shared:a", weight: 1)
            for pools in [first, second] {
                await #expect(throws: PoolRegistrationError.uriInUse(by: "a")) {
                    try await pools.put(other, requiring: [])
                }
                #expect(pools.pool(named: "b") == nil)
            }
            #expect(site.shared["a"].openDrivers == 2, "one driver a node, and none is left of the attempts")
        }
    }

    @Test("a pool that lacks what is required is refused with what is missing", arguments: PoolKind.allCases)
    func lacks(kind: PoolKind) async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            let missing: CapabilitySet = kind == .sqlite ? [.highThroughput] : [.durability]
            await #expect(throws: PoolRegistrationError.lacks(missing)) {
                try await pools.put(kind.pool("a"), requiring: [.fifo, .durability, .highThroughput])
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: "\(site.directory)/pools")
            #expect(files.isEmpty, "the attempt leaves nothing")
            #expect(pools.pool(named: "a") == nil)
            #expect(try await site.store.pools().isEmpty)
        }
    }

    @Test("a refused change leaves the pool serving as it was")
    func oldServes() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            let pool = PoolKind.sqlite.pool("a")
            try await pools.put(pool, requiring: [.durability])
            let node = site.node(sharing: pools)
            _ = try await node.create(.named("jobs"))
            try await node.post("x", to: .named("jobs"))

            let changes: [(String, PoolRegistrationError?)] = [
                (#"{"synchronous":"normal"}"#, .lacks([.durability])), (#"{"synchronous":"sometimes"}"#, nil),
                ("[]", nil),
            ]
            for (options, expected) in changes {
                let error = await #expect(throws: PoolRegistrationError.self) {
                    try await pools.put(PoolKind.sqlite.pool("a", options: options), requiring: [.durability])
                }
                if let expected { #expect(error == expected) }
                let slot = try #require(pools.pool(named: "a"))
                #expect(slot.pool == pool)
                #expect(slot.outage == nil)
                #expect(slot.capabilities.contains(.durability))
                #expect(try await node.texts(in: .named("jobs")) == ["x"])
            }
            var fast = pool
            fast.flavor = "fast"
            await #expect(throws: PoolRegistrationError.lacks([.highThroughput])) {
                try await pools.put(fast, requiring: [.highThroughput])
            }
            #expect(try await site.store.pools().map(\.pool) == [pool])
        }
    }

    @Test("a pool that lacks something, or is away, can still be told to take no new queues")
    func lessOfIt() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            try await pools.put(.shared("a", flavor: "gold"), requiring: [.fifo])
            site.shared["a"].isUp = false
            try await pools.put(.shared("a", weight: 0, flavor: "gold"), requiring: [.durability])
            #expect(try await site.store.pools().map(\.pool.weight) == [0])
            await #expect(throws: PoolRegistrationError.self) {
                try await pools.put(.shared("a", weight: 0, flavor: "silver"), requiring: [.durability])
            }
            #expect(try await site.store.pools().map(\.pool.flavor) == ["gold"])
        }
    }

    @Test("new queues go to pools that can be reached, as long as there are some")
    func avoidsOutages() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            for name in ["a", "b"] { try await pools.put(.shared(name), requiring: []) }
            let node = site.node(sharing: pools)
            site.shared["a"].isUp = false
            await pools.ping(pools.pools)
            for number in 0..<30 { _ = try await node.create(.named("q\(number)")) }
            #expect(try await site.store.pools().map(\.queues) == [0, 30])
            site.shared["b"].isUp = false
            await pools.ping(pools.pools)
            for number in 30..<60 { _ = try await node.create(.named("q\(number)")) }
            #expect(try await site.store.pools().allSatisfy { $0.queues > 0 })
        }
    }

    @Test("a pool that holds queues keeps its uri, and serves on")
    func keepsURI() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            try await pools.put(.shared("a"), requiring: [])
            let node = site.node(sharing: pools)
            _ = try await node.create(.named("jobs"))
            await #expect(throws: PoolRegistrationError.holdsQueues(1)) {
                try await pools.put(Pool(name: "a", uri: "shared:other", weight: 1), requiring: [])
            }
            #expect(try await node.post("x", to: .named("jobs")) != nil)
            try await node.remove(.named("jobs"))
            try await pools.put(Pool(name: "a", uri: "shared:other", weight: 1), requiring: [])
            #expect(pools.pool(named: "a")?.pool.uri == "shared:other")
            #expect(site.shared["a"].openDrivers == 0)
            #expect(site.shared["other"].openDrivers == 1)
        }
    }

    // MARK: Changes

    @Test("a change of options opens the pool anew, and what it holds stays")
    func options() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            try await pools.put(PoolKind.sqlite.pool("a"), requiring: [])
            let node = site.node(sharing: pools)
            _ = try await node.create(.named("jobs"))
            try await node.post("x", to: .named("jobs"))
            try await pools.put(
                PoolKind.sqlite.pool("a", options: #"{"synchronous":"normal"}"#), requiring: [])
            let slot = try #require(pools.pool(named: "a"))
            #expect(!slot.capabilities.contains(.durability))
            #expect(slot.outage == nil)
            #expect(try await node.texts(in: .named("jobs")) == ["x"])
        }
    }

    @Test("a change of weight or flavor leaves the driver alone")
    func weight() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            try await pools.put(PoolKind.memory.pool("a"), requiring: [])
            let node = site.node(sharing: pools)
            _ = try await node.create(.named("jobs"))
            try await node.post("x", to: .named("jobs"))
            try await pools.put(PoolKind.memory.pool("a", weight: 3, flavor: "gold"), requiring: [])
            #expect(pools.pool(named: "a")?.pool.weight == 3)
            #expect(pools.pool(named: "a")?.pool.flavorName == "gold")
            #expect(
                try await node.texts(in: .named("jobs")) == ["x"], "a memory pool opened anew would be empty")
        }
    }

    @Test("a removed pool is closed, unless it holds queues or its flavor needs it")
    func removed() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            try await pools.put(.shared("a"), requiring: [])
            try await pools.put(.shared("gold", flavor: "gold"), requiring: [])
            let node = site.node(sharing: pools)
            _ = try await node.create(.named("jobs"))
            #expect(try await pools.remove("a") == .holdsQueues(1))
            #expect(try await pools.remove("gold") == .lastOfFlavor("gold"))
            #expect(try await node.post("x", to: .named("jobs")) != nil)
            #expect(pools.pools.count == 2)
            try await node.remove(.named("jobs"))
            #expect(try await pools.remove("a") == .removed)
            #expect(pools.pool(named: "a") == nil)
            #expect(site.shared["a"].openDrivers == 0)
        }
    }

    @Test("changes that race leave every pool open once")
    func race() async throws {
        try await Site.with { site in
            let pools = try await site.openPools()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        let pool = Pool.shared("p\(number % 3)", weight: number + 1)
                        try await pools.put(pool, requiring: [])
                    }
                    group.addTask { try await pools.refresh() }
                }
                try await group.waitForAll()
            }
            #expect(pools.pools.count == 3)
            for slot in pools.pools {
                #expect(site.shared[slot.pool.name].openDrivers == 1)
                try await slot.driver().ping()
            }
            #expect(try await site.store.pools().map(\.pool) == pools.pools.map(\.pool))
        }
    }
}
