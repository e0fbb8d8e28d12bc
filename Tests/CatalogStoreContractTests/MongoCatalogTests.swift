import MongoCatalog
import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("A catalog on MongoDB") struct MongoCatalogTests {
    /// Works with this many nodes that share a new catalog.
    private func withNodes(
        _ count: Int, _ work: nonisolated(nonsending) ([MongoCatalogStore], _ database: String) async throws -> Void
    ) async throws {
        let place = try #require(StoreUnderTest.all.first { $0.name == "mongodb" })
        try await place.withPlace { directory in
            var nodes: [MongoCatalogStore] = []
            for _ in 0..<count {
                nodes.append(try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: directory)))
            }
            let result: Result<Void, any Error>
            do { result = .success(try await work(nodes, MongoDatabase.name(of: directory))) } catch {
                result = .failure(error)
            }
            for node in nodes { await node.shutdown() }
            try result.get()
        }
    }

    // MARK: Several nodes

    @Test("several nodes never map a queue twice, and see at once what another did")
    func nodes() async throws {
        try await withNodes(3) { nodes, _ in
            try await nodes[0].register(.named("a"))
            let inserted = try await withThrowingTaskGroup(of: QueueRecord?.self) { group in
                for number in 0..<600 {
                    let record = QueueRecord.of(try .named("q\(number / 3)"))
                    group.addTask { [node = nodes[number % 3]] in
                        guard try await node.insert(record).isInserted else { return nil }
                        let seen = try await nodes[(number + 1) % 3].queue(record.key)
                        #expect(seen == record)
                        return record
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
            }
            #expect(inserted.count == 200)
            for node in nodes {
                let listed = try await node.queues(of: .named("team"), after: "", limit: 1000)
                #expect(Set(listed) == Set(inserted))
                #expect(try await node.queues(in: "a") == 200)
            }
        }
    }

    @Test("once a pool is known to be closed, no queue is created there by any node")
    func closedPool() async throws {
        try await withNodes(3) { nodes, _ in
            for round in 0..<3 {
                try await nodes[0].register(.named("a"))
                let before = try await nodes[0].queues(in: "a")
                let known = Counter()
                let inserted = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<24 {
                        group.addTask { [node = nodes[1 + number % 2]] in
                            // Until it is closed, and a while longer.
                            for step in 0..<2000 {
                                known.increment()
                                let key = try QueueKey.named("\(round).\(number).\(step)")
                                guard try await node.insert(.of(key)).isInserted else { return step }
                            }
                            return 2000
                        }
                    }
                    while known.value < 200 { try await Task.sleep(for: .milliseconds(5)) }
                    try await nodes[0].register(.named("a", state: .draining))
                    let atOnce = try await nodes[0].queues(in: "a")
                    let inserted = try await group.reduce(0, +)
                    #expect(atOnce == before + inserted)
                    return inserted
                }
                #expect(try await nodes[0].queues(in: "a") == before + inserted)
            }
        }
    }

    @Test("who follows the log of changes misses none, whichever nodes make them")
    func changes() async throws {
        try await withNodes(3) { nodes, _ in
            try await nodes[0].register(.named("a"))
            let keys = try (0..<150).map { try QueueKey.named("q\($0)") }
            for key in keys { try await nodes[0].create(.of(key)) }
            var last = try await nodes[0].changes(after: nil, limit: 1).last
            let done = Counter()
            let seen = try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, key) in keys.enumerated() {
                    group.addTask { [node = nodes[number % 3]] in
                        let removed = try await node.remove(key)
                        #expect(removed?.key == key)
                        done.increment()
                    }
                }
                var seen: [QueueKey] = []
                var isOver = false
                while !isOver, !Task.isCancelled {
                    isOver = done.value == keys.count
                    let changes = try await nodes[0].changes(after: last, limit: isOver ? 1000 : 7)
                    #expect(!changes.hasGap && changes.last >= last)
                    seen += changes.keys
                    last = changes.last
                }
                try await group.waitForAll()
                return seen
            }
            #expect(seen.count == keys.count)
            #expect(Set(seen) == Set(keys))
            #expect(try await nodes[0].queues(in: "a") == 0)
        }
    }

    @Test("the audit log has one line for each change of each node, in the order of the versions")
    func audit() async throws {
        try await withNodes(3) { nodes, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<30 {
                    let entry = AuditEntry(
                        at: Timestamp(milliseconds: 1), actor: "team", action: "pool.put", subject: "p\(number)",
                        before: [], after: [])
                    group.addTask { [node = nodes[number % 3]] in
                        let outcome = try await node.put(.named("p\(number)"), noting: entry)
                        #expect(outcome == .stored)
                    }
                }
                try await group.waitForAll()
            }
            let pools = try await nodes[1].pools().sorted { $0.version < $1.version }
            let entries = try await nodes[2].audit(after: 0, limit: 100)
            #expect(entries.map(\.subject) == pools.map(\.pool.name))
            #expect(entries.map(\.number) == pools.map(\.version))
        }
    }

    @Test("of two pools of a flavor that are removed by different nodes one stays")
    func lastOfFlavor() async throws {
        try await withNodes(2) { nodes, _ in
            for _ in 0..<5 {
                for name in ["a", "b"] { try await nodes[0].register(.named(name, flavor: "gold")) }
                async let first = nodes[0].removePool("a")
                async let second = nodes[1].removePool("b")
                let outcomes = Set([try await first, try await second])
                #expect(outcomes == [.removed, .lastOfFlavor("gold")])
            }
        }
    }

    // MARK: What is stored

    @Test("all collections are the catalog's own, and what is removed leaves nothing behind")
    func collections() async throws {
        try await withNodes(1) { nodes, database in
            let store = nodes[0]
            for name in ["a", "b"] { try await store.register(.named(name, flavor: "gold")) }
            _ = try await store.put(try .named("gold"), pools: ["b"], detachingOthers: true)
            for name in ["x", "y"] {
                let record = try await store.create(.of(try .named(name)))
                _ = try await store.remove(record.key)
                try await store.retired(record.life)
            }
            try await store.removeFlavor("gold", of: .named("team"))
            for name in ["a", "b"] { #expect(try await store.removePool(name) == .removed) }

            let primary = try await MongoSet.shared.value.primary()
            let reply = try primary.command(on: database) { $0.int32("listCollections", 1) }
            let names = reply.document("cursor")?.documents("firstBatch").compactMap { $0.string("name") } ?? []
            #expect(names.count == 10 && names.allSatisfy { $0.hasPrefix("catalog_") })
            let documents = try names.reduce(into: [String: Int64]()) { documents, name in
                documents[name] = try primary.command(on: database) { $0.string("count", name) }.integer("n")
            }
            #expect(documents.filter { $0.value > 0 } == ["catalog_state": 4, "catalog_changes": 2])
        }
    }

    @Test("listings are whole, however large the records are")
    func largeRecords() async throws {
        try await withNodes(1) { nodes, _ in
            let store = nodes[0]
            try await store.register(.named("a"))
            var records: [QueueRecord] = []
            for number in 0..<6 {
                var record = QueueRecord.of(try .named("q\(number)"))
                record.metadata = [UInt8](repeating: UInt8(number), count: 4 << 20)
                records.append(try await store.create(record))
            }
            let all = try await store.queues(of: .named("team"), after: "", limit: 100)
            let some = try await store.queues(of: .named("team"), after: "q0", limit: 4)
            // A report of what differs would be as large.
            let (areAll, areSome) = (all == records, some == Array(records[1..<5]))
            #expect(areAll && areSome)
        }
    }

    @Test("changes that were forgotten, or lost with the end of the log, leave a gap")
    func gap() async throws {
        try await withNodes(1) { nodes, database in
            let store = nodes[0]
            try await store.register(.named("a"))
            for name in ["x", "y"] {
                try await store.create(.of(try .named(name)))
                _ = try await store.remove(.named(name))
                // As if many others had come between.
                try await advanceChanges(in: database, by: Int64(Limits.rememberedChanges) - 1)
            }
            let last = 2 * Int64(Limits.rememberedChanges)
            let keys = [try QueueKey.named("y")]
            #expect(try await store.changes(after: 0, limit: 9) == RecordChanges(keys: [], last: last, hasGap: true))
            let rest = RecordChanges(keys: keys, last: last, hasGap: false)
            #expect(try await store.changes(after: last / 2, limit: 9) == rest)
            let nothing = RecordChanges(keys: [], last: last, hasGap: false)
            #expect(try await store.changes(after: last, limit: 9) == nothing)
            #expect(try await store.changes(after: last + 1, limit: 9).hasGap)
            let primary = try await MongoSet.shared.value.primary()
            let kept = try primary.command(on: database) { $0.string("count", "catalog_changes") }.integer("n")
            #expect(kept == 1)
        }
    }

    private func advanceChanges(in database: String, by count: Int64) async throws {
        try await MongoSet.shared.value.primary().command(on: database) { command in
            command.string("findAndModify", "catalog_state")
            command.document("query") { $0.string("_id", "changes") }
            command.document("update") { $0.document("$inc") { $0.int64("last", count) } }
            command.document("writeConcern") { $0.string("w", "majority") }
        }
    }

    // MARK: Opening

    @Test("a catalog that cannot be used is refused with a sentence")
    func refusals() async throws {
        let set = try await MongoSet.shared.value
        await refusal("http://localhost", "catalog: libmongoc cannot read it")
        await refusal(set.uri(database: "x", options: "w=1"), "catalog: w=1 is not enough")
        await refusal(set.uri(database: "x", options: "journal=false"), "catalog: writes must wait for the journal")
        let alone = try await MongoServer.start()
        await refusal(alone.uri(), "cannot open the catalog: a standalone mongod has no transactions")
        let databases = try alone.command { $0.int32("listDatabases", 1) }.documents("databases")
        #expect(!databases.contains { $0.string("name") == "weir" }, "it is left as it was")
        alone.kill()
        await refusal(alone.uri(), "cannot open the catalog: ")
    }

    @Test("a catalog of another format is refused")
    func format() async throws {
        try await withNodes(1) { _, database in
            let set = try await MongoSet.shared.value
            try await set.primary().command(on: database) { command in
                command.string("findAndModify", "catalog_state")
                command.document("query") { $0.string("_id", "format") }
                command.document("update") { $0.document("$set") { $0.int64("version", 7) } }
                command.document("writeConcern") { $0.string("w", "majority") }
            }
            await refusal(set.uri(database: database), "cannot open the catalog: its data have format 7, this is for 3")
        }
    }

    private func refusal(_ uri: String, _ reason: String) async {
        do {
            await (try MongoCatalogStore.open(uri: uri)).shutdown()
            Issue.record("\(uri) is not refused")
        } catch {
            #expect(error.reason.hasPrefix(reason), "\(error.reason)")
        }
    }
}
