import Testing
import WeirCatalog
import WeirDomain
import WeirJSON
import WeirStorage

@Suite("Changing metadata") struct FlavorRuleTests {
    /// A node with the queue "jobs" in the memory pool "a", a sqlite pool "b" and some flavors.
    private func withQueue(_ work: nonisolated(nonsending) (Site, Catalog, QueueKey) async throws -> Void)
        async throws
    {
        try await Site.with { site in
            try await site.register(PoolKind.memory.pool("a"), PoolKind.sqlite.pool("b", weight: 0))
            try await site.put(flavor: "fast", required: [.highThroughput], pools: nil)
            try await site.put(flavor: "safe", required: [.durability, .fifo], pools: nil)
            try await site.put(flavor: "listed", required: [], pools: ["b"])
            let node = try await site.node()
            let key = try QueueKey.named("jobs")
            #expect(try await node.create(key))
            try await work(site, node, key)
        }
    }

    @Test("a flavor that the queue's pool serves is taken, and the queue stays where it is")
    func served() async throws {
        try await withQueue { site, node, key in
            let before = try #require(try await site.store.queue(key))
            try await node.setFlavor("fast", of: key)
            let after = try #require(try await site.store.queue(key))
            #expect(after.flavor == "fast")
            #expect((after.pool, after.ref) == (before.pool, before.ref))
            #expect(after.version > before.version)
        }
    }

    @Test("a flavor whose requirements the pool lacks is refused with what is missing")
    func lacks() async throws {
        try await withQueue { site, node, key async throws in
            await #expect(
                throws: CatalogError.flavorNotServed(flavor: "safe", pool: "a", missing: [.durability])
            ) {
                try await node.setFlavor("safe", of: key)
            }
            #expect(try await site.store.queue(key)?.flavor == nil)
        }
    }

    @Test("a flavor that lists other pools is refused")
    func notListed() async throws {
        try await withQueue { _, node, key in
            await #expect(throws: CatalogError.flavorNotServed(flavor: "listed", pool: "a", missing: [])) {
                try await node.setFlavor("listed", of: key)
            }
        }
    }

    @Test("an unknown flavor is refused")
    func unknown() async throws {
        try await withQueue { _, node, key in
            await #expect(throws: CatalogError.unknownFlavor("none")) {
                try await node.setFlavor("none", of: key)
            }
        }
    }

    @Test("a flavor can be taken off, set to nothing, and kept though it is gone or no longer served")
    func kept() async throws {
        try await withQueue { site, node, key in
            try await node.setFlavor("fast", of: key)
            try await site.put(flavor: "fast", required: [.durability], pools: nil)
            try await node.setFlavor("fast", of: key)
            try await site.store.removeFlavor("fast", of: key.project)
            try await node.setFlavor("fast", of: key)
            #expect(try await site.store.queue(key)?.flavor == "fast")
            try await node.setFlavor("", of: key)
            #expect(try await site.store.queue(key)?.flavor == nil)
            try await node.setFlavor(nil, of: key)
            #expect(try await site.store.queue(key)?.flavor == nil)
        }
    }

    @Test("a queue that does not exist is not changed")
    func noQueue() async throws {
        try await withQueue { _, node, _ in
            let other = try QueueKey.named("other")
            let changed = try await node.changeMetadata(of: other, failed: { $0 }) { _ throws(CatalogError) in
                Issue.record("there is nothing to change")
                return JSONObject()
            }
            #expect(changed == nil)
        }
    }

    @Test("a refusal of the change comes back as it is, and nothing is stored")
    func refusal() async throws {
        struct Refusal: Error {}
        try await withQueue { site, node, key in
            let before = try await site.store.queue(key)
            await #expect(throws: Refusal.self) {
                _ = try await node.changeMetadata(of: key, failed: { _ in Refusal() }) { _ throws(Refusal) in
                    throw Refusal()
                }
            }
            #expect(try await site.store.queue(key) == before)
        }
    }

    @Test("changes that race all take effect, each on what the one before it wrote")
    func race() async throws {
        try await withQueue { site, node, key in
            let others = node.pools
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<3 {
                    let node = site.node(sharing: others)
                    group.addTask {
                        _ = try await node.changeMetadata(of: key, failed: { $0 }) {
                            metadata throws(CatalogError) in
                            var metadata = metadata
                            metadata["n\(number)"] = .integer(Int64(number))
                            return metadata
                        }
                    }
                }
                try await group.waitForAll()
            }
            let metadata = try #require(try await site.store.queue(key)).metadataObject
            for number in 0..<3 { #expect(metadata["n\(number)"] == .integer(Int64(number))) }
        }
    }

    @Test("a queue that changes each time gives up after a bounded number of tries")
    func contended() async throws {
        try await withQueue { site, node, key in
            let tries = Counter()
            site.store.around { [store = site.store] in
                // Somebody else is always a step ahead.
                guard var record = try? await store.base.queue(key) else { return }
                record.metadata = Array("{}".utf8)
                _ = try? await store.base.replace(record)
            }
            await #expect(throws: CatalogError.contended) {
                _ = try await node.changeMetadata(of: key, failed: { $0 }) { metadata throws(CatalogError) in
                    tries.add()
                    return metadata
                }
            }
            #expect(tries.count == Limits.changeAttempts)
        }
    }

    @Test("a node sees its own changes of a queue's settings at once")
    func settings() async throws {
        try await withQueue { _, node, key in
            #expect(try await node.route(for: key)?.settings == QueueSettings())
            _ = try await node.changeMetadata(of: key, failed: { $0 }) { metadata throws(CatalogError) in
                var metadata = metadata
                metadata["_default_message_ttl"] = .integer(77)
                metadata["_dead_letter_queue"] = .string("dead")
                return metadata
            }
            let settings = try await node.route(for: key)?.settings
            #expect(settings?.messageTTL == 77)
            #expect(settings?.deadLetterQueue == QueueName("dead"))
        }
    }
}
