import Testing
import WeirDomain
import WeirStorage

@Suite("Which lives a catalog knows") struct ExistingLivesTests {
    @Test("those of its queues, from the creation to the removal", arguments: StoreUnderTest.all)
    func known(_ store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            // Lives that are near each other, and those at the ends.
            let lives = [1, 2, 3, 65_537, 1 << 21, Int64.max - 1, Int64.max].map(QueueLife.init)
            for (index, life) in lives.enumerated() {
                try await store.create(.of(try .named("q\(index)"), life: life.value))
            }
            let strangers = [0, 4, 65_538, 1 << 20, Int64.max - 2].map(QueueLife.init)
            #expect(try await store.existing(lives + strangers) == Set(lives))
            #expect(try await store.existing(strangers).isEmpty)
            #expect(try await store.existing([]).isEmpty)
            #expect(try await store.existing([lives[0], lives[0]]) == [lives[0]])

            _ = try await store.remove(try .named("q2"))
            #expect(try await store.existing(lives) == Set(lives).subtracting([lives[2]]))
        }
    }

    @Test("a queue that was changed or moved keeps its life", arguments: StoreUnderTest.all)
    func changed(_ store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var record = try await store.create(.of(try .named("q")))
            record.pool = "b"
            record.epoch = Epoch(2)
            record.metadata = Array(#"{"text": "\#(String(repeating: "x", count: 200))"}"#.utf8)
            #expect(try await store.replace(record))
            #expect(try await store.existing([record.life]) == [record.life])
        }
    }

    @Test("hundreds are answered at once", arguments: StoreUnderTest.all)
    func many(_ store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let lives = (1...60).map { QueueLife($0 * 1_000_003) }
            for life in lives { try await store.create(.of(try .named("q\(life.value)"), life: life.value)) }
            let asked = (1...1200).map { QueueLife($0 * 1_000_003 - ($0 > 600 ? 1 : 0)) }
            #expect(try await store.existing(asked) == Set(lives))
        }
    }
}
