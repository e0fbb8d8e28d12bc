import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Probes of MongoDB") struct MongoProbeTests {
    private let now = ManualClock().now()

    @Test("a replica set with majority and journal has everything")
    func replicaSet() async throws {
        try await withNodes(1) { nodes, _ in
            let probe = try await nodes[0].probe(now: now)
            #expect(probe.missing == [:])
            #expect(probe.capabilities.missing(from: CapabilitySet(Capability.allCases)).isEmpty)
            let facts = Dictionary(uniqueKeysWithValues: probe.facts.map { ($0.name, $0.value) })
            #expect(facts["topology"] == "replica set")
            #expect(facts["set"] == "weir" && facts["members"] == "1" && facts["members_healthy"] == "1")
            #expect(facts["write_concern"] == "w=majority journal=true")
            #expect(facts["storage_engine"] == "wiredTiger")
            #expect(facts["version"]?.isEmpty == false)
        }
    }

    @Test("a weaker write concern takes durability away, and the probe says what to change", arguments: [
        ("w=1", "majority"), ("journal=false", "journal"), ("w=1&journal=false", "majority"),
    ])
    func weaker(option: String, word: String) async throws {
        let probe = try await Gate.mongodb.pass {
            let set = try await MongoSet.shared.value
            let database = freshDatabase()
            defer { set.drop(database) }
            let pool = try await openPool(set.uri(database: database, options: option), options: patient)
            let probe = try await pool.probe(now: now)
            await pool.shutdown()
            return probe
        }
        #expect(Set(probe.missing.keys) == [.durability])
        #expect(probe.missing[.durability]?.contains(word) == true)
        #expect(!probe.capabilities.contains(.durability))
    }

    @Test("a database has one identity for all who open it, however, and no other has it")
    func identity() async throws {
        let found = try await Gate.mongodb.pass {
            let set = try await MongoSet.shared.value
            let databases = [freshDatabase(), freshDatabase()]
            defer { for database in databases { set.drop(database) } }
            var found: [String] = []
            for (database, option) in [(0, "w=1"), (0, "appname=other"), (1, "w=1")] {
                let pool = try await openPool(set.uri(database: databases[database], options: option), options: patient)
                found.append(try #require(try await pool.probe(now: now).identity))
                await pool.shutdown()
            }
            return found
        }
        #expect(found[0] == found[1] && found[1] != found[2])
    }

    @Test("a database that was emptied under a pool is prepared again by the next probe")
    func emptied() async throws {
        try await withNodes(1) { nodes, database in
            _ = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock()).post("lost")
            try await MongoSet.shared.value.drop(database)
            #expect(try await nodes[0].probe(now: now).identity != nil)
            let queue = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            _ = try await queue.post("a", "b")
            #expect(try await queue.claim(1, ttl: 60).delivered.texts == ["a"])
        }
    }

    @Test("a standalone server with w=1 serves, and promises nothing that it cannot prove")
    func standalone() async throws {
        let server = try await MongoServer.start()
        let pool = try await openPool(server.uri(options: "w=1"), options: patient)
        let probe = try await pool.probe(now: now)
        #expect(probe.capabilities.isEmpty)
        #expect(Set(probe.missing.keys) == Set(Capability.allCases))
        #expect(probe.missing[.claims]?.contains("--replSet") == true)
        #expect(probe.facts.contains(PoolProbe.Fact("topology", "standalone")))

        let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
        let ids = try await queue.post("a", "b", "c")
        #expect(try await queue.list().ids == ids)
        let taken = try await queue.claim(2, ttl: 60)
        #expect(taken.delivered.texts == ["a", "b"])
        #expect(try await queue.delete(ids[0], holding: taken.id) == .deleted)
        #expect(try await queue.list().texts == ["c"])
        queue.clock.advance(seconds: 60)
        #expect(try await queue.pop(5).texts == ["b", "c"])
        #expect(try await queue.stats() == .empty)
        try await pool.retire(queue.ref, now: queue.now)
        try await queue.collectAll()
        await #expect(throws: StorageError.staleRoute) { _ = try await queue.list() }
        await pool.shutdown()
    }
}
