import Testing
import WeirCatalog
import WeirDomain
import WeirJSON
import WeirStorage

@Suite("Creating queues through the catalog") struct QueueCreationTests {
    @Test("a queue is created once, and a repeat changes neither its metadata nor its place")
    func once() async throws {
        try await Site.with { site in
            try await site.register(PoolKind.memory.pool("a"))
            let node = try await site.node()
            let key = try QueueKey.named("jobs")
            #expect(try await node.create(key, metadata: JSONObject([("x", .integer(1))])))
            let record = try await site.store.queue(key)
            #expect(record?.pool == "a")
            #expect(
                record?.metadata == Array(#"{"x": 1}"#.utf8) || record?.metadata == Array(#"{"x":1}"#.utf8))

            try await node.pools.put(PoolKind.memory.pool("a", weight: 0), requiring: [])
            try await node.pools.put(PoolKind.memory.pool("b"), requiring: [])
            #expect(try await !node.create(key, metadata: JSONObject([("x", .integer(2))])))
            #expect(try await site.store.queue(key) == record)
        }
    }

    @Test("creating writes nothing to the pool, which may be away")
    func poolAway() async throws {
        try await Site.with { site in
            site.shared["a"].isUp = false
            try await site.register(.shared("a"))
            let node = try await site.node()
            #expect(try await node.create(.named("jobs")))
            await #expect(throws: StorageError.self) { try await node.post("x", to: .named("jobs")) }
        }
    }

    @Test("of two nodes that race for a queue one creates it")
    func race() async throws {
        try await Site.with { site in
            try await site.register(PoolKind.memory.pool("a"), PoolKind.memory.pool("b"))
            let nodes = [try await site.node(), try await site.node()]
            for round in 0..<10 {
                let key = try QueueKey.named("q\(round)")
                async let first = nodes[0].create(key)
                async let second = nodes[1].create(key)
                let created = [try await first, try await second]
                #expect(created.sorted { $0 && !$1 } == [true, false])
            }
            #expect(try await site.store.queueCount(of: QueueKey.named("x").project) == 10)
        }
    }

    @Test("all nodes place a queue alike")
    func placement() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"), .shared("b"), .shared("c", weight: 300))
            let (first, second) = (try await site.node(), try await site.node())
            for round in 0..<50 {
                let key = try QueueKey.named("q\(round)")
                _ = try await first.create(key)
                let pool = try await first.pool(of: key)
                try await first.remove(key)
                _ = try await second.create(key)
                #expect(try await second.pool(of: key) == pool)
            }
        }
    }

    // MARK: Which pools

    @Test("a queue without a flavor goes only to pools without one")
    func plain() async throws {
        try await Site.with { site in
            try await site.register(
                PoolKind.memory.pool("gold", weight: 10_000, flavor: "gold"),
                PoolKind.memory.pool("plain", weight: 1))
            let node = try await site.node()
            for round in 0..<20 {
                let key = try QueueKey.named("q\(round)")
                _ = try await node.create(key)
                #expect(try await node.pool(of: key) == "plain")
            }
        }
    }

    @Test("a queue of a flavor goes to its pools, and among those to one that can do what is required")
    func flavored() async throws {
        try await Site.with { site in
            try await site.register(
                PoolKind.memory.pool("fast", flavor: "gold"), PoolKind.sqlite.pool("safe", flavor: "gold"),
                PoolKind.sqlite.pool("plain", weight: 10_000))
            try await site.put(flavor: "gold", required: [.durability], pools: ["fast", "safe"])
            try await site.put(flavor: "any", required: [.highThroughput], pools: nil)
            let node = try await site.node()
            for round in 0..<20 {
                let gold = try QueueKey.named("gold\(round)")
                _ = try await node.create(gold, flavor: "gold")
                #expect(try await node.pool(of: gold) == "safe")
                let any = try QueueKey.named("any\(round)")
                _ = try await node.create(any, flavor: "any")
                #expect(
                    try await node.pool(of: any) == "fast", "no list of pools: whatever has what it takes")
            }
        }
    }

    @Test("an empty flavor is none")
    func emptyFlavor() async throws {
        try await Site.with { site in
            try await site.register(PoolKind.memory.pool("a"))
            let node = try await site.node()
            #expect(try await node.create(.named("jobs"), flavor: ""))
        }
    }

    @Test("an unknown flavor is refused by name, another project's too")
    func unknownFlavor() async throws {
        try await Site.with { site in
            try await site.register(PoolKind.memory.pool("a"))
            try await site.put(flavor: "gold", of: "others", required: [], pools: nil)
            let node = try await site.node()
            await #expect(throws: CatalogError.unknownFlavor("gold")) {
                try await node.create(.named("jobs"), flavor: "gold")
            }
            #expect(try await site.store.queue(.named("jobs")) == nil)
        }
    }

    @Test("without a pool that takes it a queue is refused")
    func noPool() async throws {
        try await Site.with { site in
            try await site.register(
                PoolKind.memory.pool("closed", weight: 0), PoolKind.memory.pool("gold", flavor: "gold"))
            try await site.put(flavor: "gold", required: [.durability], pools: ["gold"])
            let node = try await site.node()
            await #expect(throws: CatalogError.noPool(flavor: nil)) { try await node.create(.named("a")) }
            await #expect(throws: CatalogError.noPool(flavor: "gold")) {
                try await node.create(.named("b"), flavor: "gold")
            }
        }
    }

    @Test("the virtual pool takes what no other takes, and nothing of a flavor")
    func virtual() async throws {
        try await Site.with { site in
            try await site.register(PoolKind.memory.pool(Pool.virtualName))
            try await site.put(flavor: "gold", required: [.durability], pools: nil)
            let node = try await site.node()
            #expect(node.pools.pools.isEmpty, "it is not shown")
            #expect(try await node.create(.named("a")))
            #expect(try await node.pool(of: .named("a")) == Pool.virtualName)
            #expect(try await node.post("x", to: .named("a")) != nil)
            await #expect(throws: CatalogError.noPool(flavor: "gold")) {
                try await node.create(.named("b"), flavor: "gold")
            }
            try await node.pools.put(PoolKind.memory.pool("real"), requiring: [])
            _ = try await node.create(.named("c"))
            #expect(try await node.pool(of: .named("c")) == "real")
        }
    }

    // MARK: Out of date

    @Test("a pool that another node closed gets no queue", arguments: [PoolState.open, .draining])
    func closedElsewhere(state: PoolState) async throws {
        try await Site.with { site in
            try await site.register(.shared("a", weight: 10_000), .shared("b", weight: 1))
            let node = try await site.node()
            var closed = Pool.shared("a", weight: state == .open ? 0 : 10_000)
            closed.state = state
            try await site.register(closed)
            #expect(try await node.create(.named("jobs")))
            #expect(try await node.pool(of: .named("jobs")) == "b")
        }
    }

    @Test("if another node closed all pools, a queue is refused")
    func allClosed() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"))
            let node = try await site.node()
            try await site.register(.shared("a", weight: 0))
            await #expect(throws: CatalogError.noPool(flavor: nil)) { try await node.create(.named("jobs")) }
        }
    }
}
