import MongoCatalog
import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Migrations in a catalog on MongoDB") struct MongoMigrationTests {
    private var place: StoreUnderTest {
        get throws { try #require(StoreUnderTest.all.first { $0.name == "mongodb" }) }
    }

    @Test("nodes that move the same queues at the same time begin and switch each move once")
    func nodes() async throws {
        try await place.withPlace { directory in
            var nodes: [MongoCatalogStore] = []
            for _ in 0..<3 { nodes.append(try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: directory))) }
            for name in ["a", "b"] { try await nodes[0].register(.named(name)) }
            var queues: [QueueRecord] = []
            for number in 0..<20 { queues.append(try await nodes[0].create(.of(try .named("q\(number)")))) }
            let switched = try await withThrowingTaskGroup(of: Int.self) { group in
                for (node, store) in nodes.enumerated() {
                    group.addTask { [queues] in
                        var switched = 0
                        for queue in node == 1 ? queues.reversed() : queues {
                            _ = try await store.begin(.of(queue), noting: nil)
                            let migration = try await store.migration(of: queue.life)
                            guard var migration, migration.version == 1 else { continue }
                            migration.hasEnded = true
                            if try await store.replace(migration, switching: .of(queue)) { switched += 1 }
                        }
                        return switched
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(switched == 20)
            #expect(try await nodes[2].pools().map(\.queues) == [0, 20])
            #expect(try await nodes[2].numbers(.init(hasEnded: true)) == Array(1...20))
            #expect(try await nodes[2].changes(after: 0, limit: 100).keys.count == 20)
            for node in nodes { await node.shutdown() }
        }
    }

    @Test("no queue ever moves to a pool that another node has removed")
    func removedPool() async throws {
        try await place.withPlace { directory in
            let one = try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: directory))
            let two = try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: directory))
            try await one.register(.named("a"))
            let queue = try await one.create(.of(try .named("jobs")))
            for _ in 0..<20 {
                try await one.register(.named("b"))
                async let start = one.begin(.of(queue), noting: nil)
                async let removal = two.removePool("b")
                let (begun, removed) = (try await start, try await removal)
                #expect((begun == .unknownPool) == (removed == .removed))
                if let migration = try await one.migration(of: queue.life) {
                    #expect(begun == .begun(migration.number))
                    try await one.change(migration) { $0.hasEnded = true }
                }
            }
            for node in [one, two] { await node.shutdown() }
        }
    }

    @Test("a catalog of the format before migrations is brought up to date")
    func upgraded() async throws {
        try await place.withPlace { directory in
            let database = MongoDatabase.name(of: directory)
            let first = try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: directory))
            for name in ["a", "b"] { try await first.register(.named(name)) }
            let queue = try await first.create(.of(try .named("jobs")))
            await first.shutdown()
            try await makeOld(database)

            let second = try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: directory))
            #expect(try await format(of: database) == 3)
            #expect(try await second.begin(.of(queue), noting: nil) == .begun(1))
            #expect(try await second.removePool("b") == .movesQueues(1))
            #expect(try await second.insert(.of("x"), now: .start))
            await second.shutdown()
        }
    }

    /// Takes away what formats 2 and 3 have brought.
    private func makeOld(_ database: String) async throws {
        let primary = try await MongoSet.shared.value.primary()
        try primary.command(on: database) { $0.string("drop", "catalog_migrations") }
        try primary.command(on: database) { $0.string("drop", "catalog_documents") }
        try primary.command(on: database) { command in
            command.string("findAndModify", "catalog_state")
            command.document("query") { $0.string("_id", "migrations") }
            command.bool("remove", true)
        }
        try primary.command(on: database) { command in
            command.string("findAndModify", "catalog_state")
            command.document("query") { $0.string("_id", "format") }
            command.document("update") { $0.document("$set") { $0.int64("version", 1) } }
            command.document("writeConcern") { $0.string("w", "majority") }
        }
    }

    private func format(of database: String) async throws -> Int64? {
        let reply = try await MongoSet.shared.value.primary().command(on: database) { command in
            command.string("find", "catalog_state")
            command.document("filter") { $0.string("_id", "format") }
        }
        return reply.document("cursor")?.documents("firstBatch").first?.integer("version")
    }

    @Test("those that name a pool are counted by indexes of those that are not over")
    func indexes() async throws {
        try await place.withPlace { directory in
            let store = try await MongoCatalogStore.open(uri: await MongoDatabase.uri(in: directory))
            for name in ["a", "b", "c"] { try await store.register(.named(name)) }
            for number in 0..<40 {
                let queue = try await store.create(.of(.named("q\(number)")))
                try await store.begin(.of(queue, to: number == 7 ? "c" : "b"))
            }
            #expect(try await store.removePool("c") == .movesQueues(1))
            let used = try await indexesUsed(MongoDatabase.name(of: directory))
            #expect(used.isSuperset(of: ["source", "target"]))
            await store.shutdown()
        }
    }

    /// The indexes of migrations by which something was found.
    private func indexesUsed(_ database: String) async throws -> Set<String> {
        let reply = try await MongoSet.shared.value.primary().command(on: database) { command in
            command.string("aggregate", "catalog_migrations")
            command.array("pipeline", ["$indexStats"]) { stages, name, stage in
                stages.document(name) { $0.document(stage) { _ in } }
            }
            command.document("cursor") { _ in }
        }
        let indexes = reply.document("cursor")?.documents("firstBatch") ?? []
        let used = indexes.filter { ($0.document("accesses")?.integer("ops") ?? 0) > 0 }
        return Set(used.compactMap { $0.string("name") })
    }
}
