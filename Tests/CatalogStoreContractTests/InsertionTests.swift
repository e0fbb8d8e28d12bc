import Testing
import WeirDomain
import WeirStorage

@Suite("Creating queues") struct InsertionTests {
    @Test("a record is found as it was inserted", arguments: StoreUnderTest.all)
    func found(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var record = QueueRecord.of(
                try .named("jobs"), in: "b", metadata: #"{"a":"é\u0000","_flavor":null}"#)
            record.epoch = Epoch(7)
            record.version = 3
            try await store.create(record)
            #expect(try await store.queue(record.key) == record)
            #expect(try await store.queue(record.key)?.metadata == record.metadata, "byte for byte")
        }
    }

    @Test("metadata may be empty or as large as limits allow", arguments: StoreUnderTest.all, [0, 1, 70_000])
    func metadataSize(store: StoreUnderTest, bytes: Int) async throws {
        try await store.withStore(pools: ["a"]) { store in
            var record = QueueRecord.of(try .named("jobs"))
            record.metadata = [UInt8](repeating: 0xFF, count: bytes)
            try await store.create(record)
            #expect(try await store.queue(record.key)?.metadata == record.metadata)
        }
    }

    @Test("the outermost numbers of lives and epochs are kept", arguments: StoreUnderTest.all)
    func numbers(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            for (name, life) in [("low", Int64.min), ("one", 1), ("high", Int64.max)] {
                var record = QueueRecord.of(try .named(name), life: life)
                record.epoch = Epoch(life)
                try await store.create(record)
                #expect(try await store.queue(record.key) == record)
            }
        }
    }

    @Test("a queue that was not created is not there", arguments: StoreUnderTest.all)
    func unknown(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            try await store.create(.of(try .named("jobs")))
            for name in ["job", "jobs2", "JOBS"] { #expect(try await store.queue(.named(name)) == nil) }
        }
    }

    @Test("a queue that exists is left untouched and handed back", arguments: StoreUnderTest.all)
    func exists(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let first = try await store.create(.of(try .named("jobs"), metadata: #"{"x":1}"#))
            let again = try await store.insert(.of(first.key, in: "b"))
            #expect(again.present == first)
            #expect(try await store.insert(.of(first.key, in: "nowhere")).present == first)
            #expect(try await store.insert(.of(first.key, life: first.life.value)).present == first)
            #expect(try await store.queue(first.key) == first)
            #expect(try await store.queues(in: "a") == 1)
            #expect(try await store.queues(in: "b") == 0)
        }
    }

    @Test("the life of another queue, of whichever project, is taken", arguments: StoreUnderTest.all)
    func lifeTaken(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let first = try await store.create(.of(try .named("jobs")))
            for key in [try QueueKey.named("other"), try .named("jobs", of: "others")] {
                #expect(try await store.insert(.of(key, in: "b", life: first.life.value)).isLifeTaken)
                #expect(try await store.queue(key) == nil)
            }
            #expect(try await store.queues(in: "b") == 0)
            try await store.create(.of(try .named("other")))
        }
    }

    @Test(
        "a pool that is unknown, weighs nothing or is draining takes no queue", arguments: StoreUnderTest.all,
        ["unknown", "weightless", "draining"])
    func poolClosed(store: StoreUnderTest, pool: String) async throws {
        try await store.withStore(pools: ["a"]) { store in
            try await store.register(.named("weightless", weight: 0))
            try await store.register(.named("draining", state: .draining))
            let key = try QueueKey.named("jobs")
            #expect(try await store.insert(.of(key, in: pool)).isPoolClosed)
            #expect(try await store.queue(key) == nil)
            try await store.create(.of(key))
        }
    }

    @Test("a pool that was closed takes queues once it is opened again", arguments: StoreUnderTest.all)
    func reopened(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let old = try await store.create(.of(try .named("old")))
            try await store.register(.named("a", state: .draining))
            #expect(try await store.insert(.of(try .named("new"))).isPoolClosed)
            #expect(try await store.queue(old.key) == old, "what it holds stays")
            try await store.register(.named("a"))
            try await store.create(.of(try .named("new")))
        }
    }

    @Test(
        "of many who create one queue exactly one does, and the others see its record",
        arguments: StoreUnderTest.all)
    func race(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let key = try QueueKey.named("jobs")
            let records = (0..<64).map {
                QueueRecord.of(key, in: $0.isMultiple(of: 2) ? "a" : "b", metadata: "\($0)")
            }
            let outcomes = try await withThrowingTaskGroup(of: QueueInsertion.self) { group in
                for record in records { group.addTask { try await store.insert(record) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let stored = try #require(try await store.queue(key))
            #expect(outcomes.count(where: \.isInserted) == 1)
            #expect(outcomes.compactMap(\.present) == Array(repeating: stored, count: 63))
            #expect(records.contains(stored))
            #expect(try await store.queues(in: "a") + store.queues(in: "b") == 1)
        }
    }

    @Test("of many who want one life exactly one gets it", arguments: StoreUnderTest.all)
    func raceForLife(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let records = try (0..<32).map { QueueRecord.of(try .named("q\($0)"), life: 42) }
            let outcomes = try await withThrowingTaskGroup(of: QueueInsertion.self) { group in
                for record in records { group.addTask { try await store.insert(record) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count(where: \.isInserted) == 1)
            #expect(outcomes.count(where: \.isLifeTaken) == 31)
            #expect(try await store.queueCount(of: .named("team")) == 1)
        }
    }
}
