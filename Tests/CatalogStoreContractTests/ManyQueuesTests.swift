import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Enough queues of one project that a store has to spread them.
@Suite("Many queues of a project") struct ManyQueuesTests {
    @Test(
        "whatever is created, changed and removed, the store has what a dictionary has", arguments: StoreUnderTest.all,
        [1 as UInt64, 2])
    func model(store: StoreUnderTest, seed: UInt64) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var generator = SeededGenerator(seed: seed)
            var model: [String: QueueRecord] = [:]
            for step in 0..<3000 {
                let name = Self.name(using: &generator)
                // At first most are created, then most are removed.
                let removes = Int.random(in: 0..<10, using: &generator) < (step < 1800 ? 2 : 8)
                try await Self.work(on: name, removes: removes, store, &model, &generator)
                guard step.isMultiple(of: 500) || step == 2999 else { continue }
                let expected = model.values.sorted { $0.key.name < $1.key.name }
                #expect(try await Self.listing(store, pageOf: 37) == expected)
                #expect(try await store.queueCount(of: .named("team")) == model.count)
                let counts = ["a", "b"].map { pool in expected.count { $0.pool == pool } }
                #expect(try await store.pools().map(\.queues) == counts)
            }
            for record in model.values { #expect(try await store.queue(record.key) == record) }
        }
    }

    @Test("queues are listed wherever a page begins", arguments: StoreUnderTest.all)
    func markers(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let names = (0..<600).map { "q\($0)" }
            for name in names.shuffled() { try await store.create(.of(try .named(name))) }
            let sorted = try names.map { try #require(QueueName($0)) }.sorted()
            for (place, name) in sorted.enumerated() {
                let page = try await store.queues(of: .named("team"), after: name.value, limit: 3)
                #expect(page.map(\.key.name) == Array(sorted.dropFirst(place + 1).prefix(3)))
            }
        }
    }

    // MARK: The model

    private static func name(using generator: inout SeededGenerator) -> String {
        let number = Int.random(in: 0..<900, using: &generator)
        // Some names are long, and many begin as others do.
        return number.isMultiple(of: 11) ? String(repeating: "long-", count: 11) + "\(number)" : "q.\(number)"
    }

    private static func work(
        on name: String, removes: Bool, _ store: any CatalogStore, _ model: inout [String: QueueRecord],
        _ generator: inout SeededGenerator
    ) async throws {
        let key = try QueueKey.named(name)
        let metadata = String(repeating: "m", count: Int.random(in: 0..<80, using: &generator))
        let pool = Bool.random(using: &generator) ? "a" : "b"
        if removes {
            #expect(try await store.remove(key) == model.removeValue(forKey: name))
        } else if var record = model[name] {
            record.metadata = Array(metadata.utf8)
            record.pool = pool
            #expect(try await store.replace(record))
            record.version += 1
            model[name] = record
        } else {
            let life = Int64.random(in: .min ... .max, using: &generator)
            model[name] = try await store.create(.of(key, in: pool, life: life, metadata: metadata))
        }
    }

    private static func listing(_ store: any CatalogStore, pageOf limit: Int) async throws -> [QueueRecord] {
        var listed: [QueueRecord] = []
        while true {
            let page = try await store.queues(
                of: .named("team"), after: listed.last?.key.name.value ?? "", limit: limit)
            listed += page
            if page.count < limit { return listed }
        }
    }
}
