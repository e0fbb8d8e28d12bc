import Foundation
import RedisCatalog
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("A catalog on Redis") struct RedisCatalogTests {
    private func withServer(
        _ settings: RedisServer.Settings = .init(isDurable: false),
        _ work: nonisolated(nonsending) (RedisServer) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("weir-catalog-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let server = try await RedisServer.start(in: directory.path, settings)
        defer { server.stop() }
        try await work(server)
    }

    /// The server's keys, as long as there are few.
    private func keys(of server: RedisServer) throws -> Set<Substring> {
        let answer = try server.command("KEYS", "*").split(separator: "\r\n", omittingEmptySubsequences: false)
        return Set(answer.filter { $0.contains(":") })
    }

    @Test("all keys are the catalog's own, and what is removed leaves none behind")
    func keys() async throws {
        try await withServer { server in
            let store = try await RedisCatalogStore.patient(uri: server.uri, remembering: 0)
            try await store.register(.named("a", flavor: "gold"))
            try await store.register(.named("b"))
            let empty = try keys(of: server)
            let names = (0..<400).map { "q\($0)" }
            for name in names {
                let metadata = String(repeating: "m", count: 100)
                try await store.create(.of(try .named(name), metadata: metadata))
            }
            _ = try await store.put(try .named("gold", required: [.fifo]), pools: ["b"], detachingOthers: false)
            let moving = try #require(try await store.queue(.named("q9")))
            try await store.change(try await store.begin(.of(moving)), switching: .of(moving)) { $0.hasEnded = true }
            let own = try server.command("KEYS", "weir-catalog:*").dropFirst().prefix { $0.isNumber }
            #expect(try server.command("DBSIZE").hasPrefix(":\(own)\r\n"))
            #expect(try server.command("EXISTS", "weir-catalog:pages:team").hasPrefix(":1"), "more than one page")

            #expect(try await store.insert(.of("x"), now: .start))
            #expect(try await store.insert(.of("y", expires: .start), now: Timestamp(milliseconds: 0)))
            #expect(try await store.removeDocument(.of("x"), version: nil, now: .start))
            #expect(try await !store.collectDocuments(10, now: .start))

            var changed = try #require(try await store.queue(.named("q7")))
            changed.metadata = Array("{}".utf8)
            #expect(try await store.replace(changed))
            for name in names { _ = try await store.remove(try .named(name)) }
            for retirement in try await store.retirements(limit: 1000) { try await store.retired(retirement.ref.life) }
            try await store.removeFlavor("gold", of: .named("team"))
            // Of all that there was, the log stays, the last migration, and the flavor is off its pools.
            let last = ["migration:1", "migrations", "over"].map { Substring("weir-catalog:\($0)") }
            #expect(
                try keys(of: server)
                    == empty.subtracting(["weir-catalog:carriers:gold"]).union(["weir-catalog:changes"]).union(last))
            let queue = try await store.create(.of(try .named("jobs")))
            try await store.begin(.of(queue))
            let left = try keys(of: server)
            #expect(!left.contains("weir-catalog:migration:1") && !left.contains("weir-catalog:over"))
            await store.shutdown()
        }
    }

    @Test("a life that was used again is retired once, as it was last")
    func lifeUsedAgain() async throws {
        try await withServer { server in
            let store = try await RedisCatalogStore.patient(uri: server.uri)
            try await store.register(.named("a"))
            var last: QueueRecord?
            for epoch in [Epoch(10), Epoch(9)] {
                var record = QueueRecord.of(try .named("x"), life: -5)
                record.epoch = epoch
                try await store.create(record)
                last = try await store.remove(record.key)
            }
            #expect(try await store.retirements(limit: 9).map(\.ref) == [last?.ref])
            await store.shutdown()
        }
    }

    @Test("nodes that share the server never map a queue twice")
    func nodes() async throws {
        try await withServer { server in
            var nodes: [RedisCatalogStore] = []
            for _ in 0..<3 { nodes.append(try await RedisCatalogStore.patient(uri: server.uri)) }
            try await nodes[0].register(.named("a"))
            let inserted = try await withThrowingTaskGroup(of: QueueRecord?.self) { group in
                for number in 0..<600 {
                    let record = QueueRecord.of(try .named("q\(number / 3)"))
                    group.addTask { [node = nodes[number % 3]] in
                        try await node.insert(record).isInserted ? record : nil
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
            }
            #expect(inserted.count == 200)
            for node in nodes {
                let listed = try await node.queues(of: .named("team"), after: "", limit: 1000)
                #expect(Set(listed) == Set(inserted))
                await node.shutdown()
            }
        }
    }

    @Test("a server that writes to the disk at once keeps all through a crash, and is found again")
    func crash() async throws {
        try await withServer(.init(isDurable: true)) { server in
            let store = try await RedisCatalogStore.patient(uri: server.uri)
            try await store.register(.named("a"))
            var records: [QueueRecord] = []
            for number in 0..<300 {
                let key = try QueueKey.named("q\(1000 + number)")
                records.append(try await store.create(.of(key, metadata: "{\"number\":\(number)}")))
            }
            let change = try await store.remove(records.removeLast().key)
            #expect(change != nil)
            try await server.restart()
            #expect(try await found(store) == records)
            #expect(try await store.pools().map(\.queues) == [299])
            #expect(try await store.changes(after: 0, limit: 9).keys == [change?.key])
            await store.shutdown()
        }
    }

    /// The listing, once the connection is there again.
    private func found(_ store: RedisCatalogStore) async throws -> [QueueRecord] {
        let team = try ProjectID.named("team")
        for _ in 0..<600 {
            if let found = try? await store.queues(of: team, after: "", limit: 1000) { return found }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await store.queues(of: team, after: "", limit: 1000)
    }

    @Test("changes that were forgotten, or lost with the end of the log, leave a gap")
    func gap() async throws {
        try await withServer { server in
            let store = try await RedisCatalogStore.patient(uri: server.uri)
            try await store.register(.named("a"))
            for name in ["x", "y", "z"] {
                try await store.create(.of(try .named(name)))
                _ = try await store.remove(.named(name))
            }
            try server.command("XTRIM", "weir-catalog:changes", "MAXLEN", "2")
            #expect(try await store.changes(after: 0, limit: 9) == RecordChanges(keys: [], last: 3, hasGap: true))
            let keys = [try QueueKey.named("y"), try .named("z")]
            #expect(try await store.changes(after: 1, limit: 9) == RecordChanges(keys: keys, last: 3, hasGap: false))
            #expect(try await store.changes(after: 3, limit: 9) == RecordChanges(keys: [], last: 3, hasGap: false))
            #expect(try await store.changes(after: 4, limit: 9) == RecordChanges(keys: [], last: 3, hasGap: true))
            await store.shutdown()
        }
    }

    @Test("the catalog says whether its server keeps what it acknowledged")
    func probe() async throws {
        try await withServer(.init(isDurable: true)) { server in
            let store = try await RedisCatalogStore.patient(uri: server.uri)
            let now = Timestamp(milliseconds: 1)
            #expect(try await store.probe(now: now).missing.isEmpty)
            try server.configSet("appendfsync", "everysec")
            let worse = try await store.probe(now: now)
            #expect(worse.capabilities.isEmpty && worse.missing.keys.elementsEqual([.durability]))
            #expect(worse.facts.contains(.init("appendfsync", "everysec")))
            await store.shutdown()
        }
    }

    @Test("a catalog of an older format is brought up to date", arguments: ["1", "2"])
    func upgraded(format: String) async throws {
        try await withServer { server in
            let first = try await RedisCatalogStore.patient(uri: server.uri)
            for name in ["a", "b"] { try await first.register(.named(name)) }
            let queue = try await first.create(.of(try .named("jobs")))
            await first.shutdown()
            try server.command("SET", "weir-catalog:format", format)
            let second = try await RedisCatalogStore.patient(uri: server.uri)
            #expect(try server.command("GET", "weir-catalog:format").contains("3"))
            #expect(try await second.begin(.of(queue), noting: nil) == .begun(1))
            #expect(try await second.removePool("b") == .movesQueues(1))
            await second.shutdown()
        }
    }

    @Test("a catalog that cannot be used is refused with a sentence")
    func refusals() async throws {
        await #expect(throws: PoolRefusal("catalog: unknown scheme 'http'", isUsage: true)) {
            _ = try await RedisCatalogStore.open(uri: "http://localhost")
        }
        try await withServer { server in
            try server.command("SET", "weir-catalog:format", "0")
            let reason = "cannot open the catalog: its data have format 0, this is for 3"
            await #expect(throws: PoolRefusal(reason)) { _ = try await RedisCatalogStore.open(uri: server.uri) }
            server.kill()
            await #expect(throws: PoolRefusal.self) { _ = try await RedisCatalogStore.open(uri: server.uri) }
        }
    }
}
