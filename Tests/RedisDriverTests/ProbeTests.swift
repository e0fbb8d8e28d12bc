import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Probe of a Redis") struct RedisProbeTests {
    private func probe(_ queue: QueueUnderTest) async throws -> PoolProbe {
        try await queue.pool.probe(now: queue.now)
    }

    @Test("a database has one identity for all who open it, and no other has it")
    func identity() async throws {
        try await withServer { server in
            var found: [String] = []
            for uri in [server.uri, server.uri, server.uri + "?db=1"] {
                let pool = try await openPool(uri)
                found.append(try #require(try await pool.probe(now: ManualClock().now()).identity))
                await pool.shutdown()
            }
            #expect(found[0] == found[1] && found[1] != found[2])
        }
    }

    @Test("durability follows the settings of the live server")
    func durability() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            let before = try await probe(queue)
            #expect(!before.capabilities.contains(.durability))
            #expect(before.missing[.durability]?.contains("CONFIG SET appendonly yes") == true)
            #expect(before.facts.contains(.init("appendonly", "no")))
            try server.configSet("appendonly", "yes")
            try await until { try await probe(queue).capabilities.contains(.durability) }
            #expect(try await probe(queue).missing.isEmpty)
            for (name, worse, better) in [
                ("appendfsync", "everysec", "always"), ("no-appendfsync-on-rewrite", "yes", "no"),
            ] {
                try server.configSet(name, worse)
                let worsened = try await probe(queue)
                #expect(!worsened.capabilities.contains(.durability))
                #expect(worsened.missing[.durability]?.contains("CONFIG SET \(name) \(better)") == true)
                try server.configSet(name, better)
                #expect(try await probe(queue).capabilities.contains(.durability))
            }
        }
    }

    @Test("a server that evicts queues keeps no promise about them")
    func eviction() async throws {
        try await withQueue { queue, server in
            try server.configSet("maxmemory-policy", "allkeys-lru")
            #expect(try await probe(queue).missing.isEmpty, "without a limit nothing is evicted")
            try server.configSet("maxmemory", "100mb")
            let evicting = try await probe(queue)
            #expect(evicting.capabilities == [.highThroughput])
            for capability in [Capability.fifo, .claims, .atLeastOnce, .durability] {
                #expect(evicting.missing[capability]?.contains("noeviction") == true)
            }
            for policy in ["noeviction", "volatile-lru"] {
                try server.configSet("maxmemory-policy", policy)
                #expect(try await probe(queue).missing.isEmpty, "\(policy)")
            }
        }
    }
}
