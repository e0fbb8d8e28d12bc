import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("The catalog store itself") struct DurabilityTests {
    @Test("a store is new until a pool is registered, and never again", arguments: StoreUnderTest.all)
    func isNew(store: StoreUnderTest) async throws {
        try await store.withPlace { directory in
            let first = try await store.open(directory)
            #expect(try await first.isNew())
            _ = try await first.insert(.of(try .named("jobs")))
            #expect(try await first.isNew())
            try await first.register(.named("a"))
            #expect(try await !first.isNew())
            #expect(try await first.removePool("a") == .removed)
            #expect(try await !first.isNew())
            await first.shutdown()

            let second = try await store.open(directory)
            #expect(try await !second.isNew())
            await second.shutdown()
        }
    }

    @Test("a flavor does not make a store old", arguments: StoreUnderTest.all)
    func flavorAlone(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let flavor = try Flavor.named("gold", required: [.fifo], listsPools: false)
            _ = try await store.put(flavor, pools: [], detachingOthers: true)
            #expect(try await store.isNew())
            try await store.removeFlavor("gold", of: flavor.project)
            #expect(try await store.isNew())
        }
    }

    @Test("everything survives a shutdown", arguments: StoreUnderTest.all)
    func survives(store: StoreUnderTest) async throws {
        try await store.withPlace { directory in
            let first = try await store.open(directory)
            for name in ["a", "b"] { try await first.register(.named(name)) }
            var kept = try await first.create(.of(try .named("kept"), in: "b", metadata: #"{"x":1}"#))
            kept.epoch = Epoch(2)
            #expect(try await first.replace(kept))
            kept.version += 1
            let gone = try await first.create(.of(try .named("gone")))
            _ = try await first.remove(gone.key)
            let flavor = try Flavor.named("gold", required: [.fifo, .durability])
            _ = try await first.put(flavor, pools: ["a"], detachingOthers: false)
            let pools = try await first.pools()
            await first.shutdown()

            let second = try await store.open(directory)
            #expect(try await second.queue(kept.key) == kept)
            #expect(try await second.queues(of: kept.key.project, after: "", limit: 9) == [kept])
            #expect(try await second.queue(gone.key) == nil)
            #expect(try await second.allRetirements() == [Retirement(ref: gone.ref, pool: "a")])
            #expect(try await second.pools() == pools)
            #expect(try await second.flavor("gold", of: flavor.project) == flavor)
            #expect(try await second.insert(.of(try .named("new"), life: kept.life.value)).isLifeTaken)
            try await second.register(.named("a", weight: 1, flavor: "gold"))
            let version = try #require(try await second.pool("a")).version
            #expect(pools.map(\.version).filter { $0 >= version } == [], "versions go on where they were")
            await second.shutdown()
        }
    }

    @Test("migrations survive a shutdown, and their numbers go on", arguments: StoreUnderTest.all)
    func migrations(store: StoreUnderTest) async throws {
        try await store.withPlace { directory in
            let first = try await store.open(directory)
            for name in ["a", "b"] { try await first.register(.named(name)) }
            var queues: [QueueRecord] = []
            for name in ["x", "y", "z"] { queues.append(try await first.create(.of(try .named(name)))) }
            var all: [MigrationRecord] = []
            for queue in queues { all.append(try await first.begin(.of(queue))) }
            all[1] = try await first.change(all[1], switching: .of(queues[1])) { $0.document = Array("{ }".utf8) }
            all[2] = try await first.change(all[2]) { $0.hasEnded = true }
            await first.shutdown()

            let second = try await store.open(directory)
            #expect(try await second.migrations(.init(), after: 0, limit: 9) == all)
            #expect(try await second.numbers(.init(hasEnded: false)) == [1, 2])
            #expect(try await second.migration(of: queues[1].life) == all[1])
            #expect(try await second.queue(queues[1].key)?.pool == "b")
            for queue in queues { _ = try await second.remove(queue.key) }
            #expect(try await second.removePool("b") == .movesQueues(2))
            let queue = try await second.create(.of(try .named("new")))
            #expect(try await second.begin(.of(queue), noting: nil) == .begun(4))
            await second.shutdown()
        }
    }

    @Test(
        "what was asked for before a shutdown is done or refused, and a record is whole",
        arguments: StoreUnderTest.all)
    func shutdownRace(store: StoreUnderTest) async throws {
        try await store.withPlace { directory in
            let first = try await store.open(directory)
            try await first.register(.named("a"))
            let inserted = await withTaskGroup(of: QueueName?.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        guard let key = try? QueueKey.named("q\(number)") else { return nil }
                        return (try? await first.insert(.of(key)))?.isInserted == true ? key.name : nil
                    }
                }
                group.addTask {
                    await first.shutdown()
                    return nil
                }
                return await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
            }
            let second = try await store.open(directory)
            let listed = try await second.queues(of: .named("team"), after: "", limit: 100)
            #expect(Set(listed.map(\.key.name)).isSuperset(of: inserted), "what was acknowledged is there")
            #expect(try await second.queues(in: "a") == listed.count)
            await second.shutdown()
        }
    }

    @Test(
        "an open store answers, and one that is shut down says that it does not",
        arguments: StoreUnderTest.all)
    func ping(store: StoreUnderTest) async throws {
        try await store.withPlace { directory in
            let first = try await store.open(directory)
            try await first.ping()
            await first.shutdown()
            await #expect(throws: StorageError.self) { try await first.ping() }
            await #expect(throws: StorageError.self) { _ = try await first.pools() }
            await #expect(throws: StorageError.self) { _ = try await first.put(.named("a")) }
        }
    }
}
