import Testing
import WeirDomain
import WeirStorage

@Suite("Changing and removing queues") struct ReplacementTests {
    @Test("a change is stored under the next version", arguments: StoreUnderTest.all)
    func replaced(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var record = try await store.create(.of(try .named("jobs")))
            record.metadata = Array(#"{"x":2}"#.utf8)
            record.epoch = Epoch(2)
            record.pool = "b"
            #expect(try await store.replace(record))
            record.version += 1
            #expect(try await store.queue(record.key) == record)
        }
    }

    @Test("the pools' counts follow a queue that moves", arguments: StoreUnderTest.all)
    func counts(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var record = try await store.create(.of(try .named("jobs")))
            record.metadata = Array("{ }".utf8)
            #expect(try await store.replace(record))
            #expect(try await store.pools().map(\.queues) == [1, 0])
            record.version += 1
            record.pool = "b"
            #expect(try await store.replace(record))
            #expect(try await store.pools().map(\.queues) == [0, 1])
            _ = try await store.remove(record.key)
            #expect(try await store.pools().map(\.queues) == [0, 0])
        }
    }

    @Test("a change of another version, earlier or later, does nothing", arguments: StoreUnderTest.all)
    func otherVersion(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let record = try await store.create(.of(try .named("jobs")))
            for version in [Int64(0), 2, -1, .max] {
                var other = record
                other.metadata = []
                other.version = version
                #expect(try await !store.replace(other))
            }
            #expect(try await store.queue(record.key) == record)
        }
    }

    @Test("a change of a queue that is gone or lives again does nothing", arguments: StoreUnderTest.all)
    func otherLife(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let old = try await store.create(.of(try .named("jobs")))
            _ = try await store.remove(old.key)
            #expect(try await !store.replace(old))
            #expect(try await store.queue(old.key) == nil)
            let new = try await store.create(.of(old.key))
            #expect(try await !store.replace(old))
            #expect(try await store.queue(old.key) == new)
        }
    }

    @Test("of many who change what they saw exactly one does", arguments: StoreUnderTest.all)
    func race(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var record = try await store.create(.of(try .named("jobs")))
            for round in 1...5 {
                let seen = record
                let won = try await withThrowingTaskGroup(of: Int?.self) { group in
                    for number in 0..<32 {
                        var change = seen
                        change.metadata = Array("\(round) \(number)".utf8)
                        change.pool = number.isMultiple(of: 2) ? "a" : "b"
                        group.addTask { [change] in try await store.replace(change) ? number : nil }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
                }
                let winner = try #require(won.first)
                #expect(won.count == 1)
                record = try #require(try await store.queue(record.key))
                #expect(record.metadata == Array("\(round) \(winner)".utf8))
                #expect(record.version == seen.version + 1)
                #expect(try await store.queues(in: record.pool) == 1)
            }
        }
    }

    // MARK: Removing

    @Test("what is removed is handed back, and its pool has yet to retire it", arguments: StoreUnderTest.all)
    func removed(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var record = QueueRecord.of(try .named("jobs"), in: "b", metadata: #"{"x":1}"#)
            record.epoch = Epoch(9)
            try await store.create(record)
            #expect(try await store.allRetirements().isEmpty)
            #expect(try await store.remove(record.key) == record)
            #expect(try await store.queue(record.key) == nil)
            #expect(try await store.allRetirements() == [Retirement(ref: record.ref, pool: "b")])
            #expect(try await store.queues(in: "b") == 0)
        }
    }

    @Test("removing what is not there changes nothing", arguments: StoreUnderTest.all)
    func nothingToRemove(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store async throws in
            #expect(try await store.remove(.named("jobs")) == nil)
            #expect(try await store.allRetirements().isEmpty)
            #expect(try await store.queues(in: "a") == 0)
        }
    }

    @Test("each life that ends is remembered until its pool is done with it", arguments: StoreUnderTest.all)
    func retirements(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            var lives: [QueueRecord] = []
            for _ in 0..<3 {
                lives.append(try await store.create(.of(try .named("jobs"))))
                _ = try await store.remove(.named("jobs"))
            }
            let all = Set(lives.map { Retirement(ref: $0.ref, pool: "a") })
            #expect(try await store.allRetirements() == all)
            #expect(all.isSuperset(of: try await store.retirements(limit: 2)))
            #expect(try await store.retirements(limit: 2).count == 2)
            try await store.retired(lives[1].life)
            #expect(
                try await store.allRetirements()
                    == all.subtracting([Retirement(ref: lives[1].ref, pool: "a")]))
            try await store.retired(lives[1].life)
            try await store.retired(QueueLife(1))
            #expect(try await store.allRetirements().count == 2)
        }
    }

    @Test("of many who remove one queue exactly one gets the record", arguments: StoreUnderTest.all)
    func removalRace(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let record = try await store.create(.of(try .named("jobs")))
            let removed = try await withThrowingTaskGroup(of: QueueRecord?.self) { group in
                for _ in 0..<32 { group.addTask { try await store.remove(record.key) } }
                return try await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
            }
            #expect(removed == [record])
            #expect(try await store.queues(in: "a") == 0)
            #expect(try await store.allRetirements().count == 1)
        }
    }
}
