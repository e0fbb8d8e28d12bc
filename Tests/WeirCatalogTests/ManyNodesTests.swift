import Testing
import WeirCatalog
import WeirDomain
import WeirJSON
import WeirStorage

/// Nodes that open the pools each for itself and hear of each other only through the catalog.
@Suite("Nodes that share a catalog") struct ManyNodesTests {
    @Test("a queue in a pool that another node has just registered is found")
    func newPool() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.node(), try await site.node())
            try await first.pools.put(.shared("a"), requiring: [])
            let key = try QueueKey.named("jobs")
            _ = try await first.create(key)
            try await first.post("x", to: key)
            #expect(try await second.texts(in: key) == ["x"])
        }
    }

    @Test("a queue removed through a node that has not heard of its pool yet is gone for all")
    func removalInNewPool() async throws {
        try await Site.with { site in
            let (first, second) = (try await site.node(), try await site.node())
            try await first.pools.put(.shared("a"), requiring: [])
            let key = try QueueKey.named("jobs")
            _ = try await first.create(key)
            try await first.post("x", to: key)
            try await second.remove(key)
            try await second.pools.refresh()
            await second.retireRemovedOnce()
            #expect(try await first.texts(in: key) == nil)
            #expect(
                try await first.post("y", to: key) == nil, "what is posted to a deleted queue would be lost")
        }
    }

    @Test("a queue that moved out of a pool is followed though that pool is gone")
    func poolGone() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"))
            let (first, second) = (try await site.node(), try await site.node())
            let key = try QueueKey.named("jobs")
            _ = try await first.create(key)
            #expect(try await second.route(for: key) != nil)
            try await first.pools.put(.shared("b"), requiring: [])
            var record = try #require(try await site.store.queue(key))
            record.pool = "b"
            record.epoch = Epoch(2)
            #expect(try await site.store.replace(record))
            #expect(try await first.pools.remove("a") == .removed)
            try await second.pools.refresh()
            #expect(try await second.post("x", to: key) != nil)
            #expect(try await second.texts(in: key) == ["x"])
        }
    }

    @Test("two projects whose names only look alike do not see each other's queues")
    func lookAlike() async throws {
        try await Site.with { site in
            try await site.register(.shared("a"))
            let node = try await site.node()
            let mine = try QueueKey.named("jobs", of: "caf\u{E9}")
            _ = try await node.create(mine)
            try await node.post("mine", to: mine)
            #expect(try await node.texts(in: .named("jobs", of: "cafe\u{301}")) == nil)
        }
    }

    @Test("two pools whose names only look alike are two")
    func lookAlikePools() async throws {
        try await Site.with { site in
            let names = ["caf\u{E9}", "cafe\u{301}"]
            for (number, name) in names.enumerated() {
                try await site.register(Pool(name: name, uri: "shared:\(number)", weight: 1))
            }
            let node = try await site.node()
            #expect(node.pools.pools.map { Array($0.pool.name.utf8) }.count == 2)
            #expect(site.shared["0"].openDrivers + site.shared["1"].openDrivers == 2)
        }
    }
}
