import Testing
import WeirDomain
import WeirStorage

@Suite("Listing migrations") struct MigrationListingTests {
    /// Six migrations of four queues: the even ones are over.
    private func withSix(
        _ store: StoreUnderTest, _ work: nonisolated(nonsending) (any Store) async throws -> Void
    ) async throws {
        try await store.withStore(pools: ["a", "b", "c"]) { store in
            for (project, name, pool, target) in [
                ("team", "x", "a", "b"), ("team", "y", "b", "c"), ("others", "x", "a", "c"), ("team", "z", "c", "a"),
                ("team", "y", "b", "a"), ("team", "z", "c", "b"),
            ] {
                let key = try QueueKey.named(name, of: project)
                let found = try await store.queue(key)
                let queue = if let found { found } else { try await store.create(.of(key, in: pool)) }
                let migration = try await store.begin(.of(queue, to: target))
                guard migration.number.isMultiple(of: 2) else { continue }
                try await store.change(migration) {
                    $0.hasEnded = true
                    $0.state = $0.number == 4 ? "failed" : "done"
                }
            }
            try await work(store)
        }
    }

    @Test("a filter finds those that meet all of it, in order", arguments: StoreUnderTest.all)
    func filters(store: StoreUnderTest) async throws {
        try await withSix(store) { store in
            let team = try ProjectID.named("team")
            let cases: [(MigrationFilter, [Int64])] = [
                (.init(), [1, 2, 3, 4, 5, 6]), (.init(hasEnded: true), [2, 4, 6]), (.init(hasEnded: false), [1, 3, 5]),
                (.init(state: "done"), [2, 6]), (.init(state: "planned"), [1, 3, 5]), (.init(state: "plan"), []),
                (.init(state: ""), []), (.init(project: team), [1, 2, 4, 5, 6]), (.init(queue: "x"), [1, 3]),
                (.init(project: team, queue: "x"), [1]), (.init(queue: ""), []), (.init(pool: "b"), [1, 2, 5, 6]),
                (.init(pool: ""), []), (.init(hasEnded: true, pool: "b"), [2, 6]),
                (.init(hasEnded: false, pool: "a"), [1, 3, 5]), (.init(state: "done", hasEnded: false), []),
                (.init(state: "done", hasEnded: true, project: team, queue: "z", pool: "c"), [6]),
            ]
            for (filter, expected) in cases {
                let found = try await store.migrations(filter, after: 0, limit: 9)
                #expect(found.map(\.number) == expected, "\(filter)")
                for migration in found { #expect(try await store.migration(migration.number) == migration) }
            }
        }
    }

    @Test("pages go on where the one before ended", arguments: StoreUnderTest.all)
    func pages(store: StoreUnderTest) async throws {
        try await withSix(store) { store async throws in
            #expect(try await store.numbers(.init(), limit: 4) == [1, 2, 3, 4])
            #expect(try await store.numbers(.init(), after: 4, limit: 4) == [5, 6])
            #expect(try await store.numbers(.init(), after: 6).isEmpty)
            #expect(try await store.numbers(.init(), limit: 0).isEmpty)
            #expect(try await store.numbers(.init(), after: -5, limit: 1) == [1])
            #expect(try await store.numbers(.init(hasEnded: false), limit: 2) == [1, 3])
            #expect(try await store.numbers(.init(hasEnded: false), after: 3, limit: 2) == [5])
            #expect(try await store.numbers(.init(hasEnded: true), after: 3, limit: 1) == [4])
            #expect(try await store.numbers(.init(state: "done"), limit: 1) == [2])
            #expect(try await store.numbers(.init(state: "done"), after: 2, limit: 1) == [6])
        }
    }

    @Test("the few that a filter finds are found behind many others", arguments: StoreUnderTest.all)
    func many(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let numbers = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for part in 0..<15 {
                    group.addTask {
                        var numbers: [Int64] = []
                        for number in 0..<30 {
                            let project = part == 14 && number > 27 ? "others" : "team"
                            let queue = try await store.create(.of(.named("q\(part).\(number)", of: project)))
                            let migration = try await store.begin(.of(queue))
                            numbers.append(migration.number)
                            if number.isMultiple(of: 9) { try await store.change(migration) { $0.hasEnded = true } }
                        }
                        return numbers
                    }
                }
                return try await group.reduce([], +)
            }
            #expect(numbers.sorted() == Array(1...450))
            #expect(try await store.numbers(.init()) == Array(1...450))
            #expect(try await store.numbers(.init(), limit: 449) == Array(1...449))
            let others = try await store.migrations(.init(project: .named("others")), after: 0, limit: 9)
            #expect(others.map(\.key.project.value) == ["others", "others"])
            let ended = try await store.numbers(.init(hasEnded: true))
            #expect(ended.count == 60)
            #expect(try await store.numbers(.init(hasEnded: false)) == (1...450).filter { !ended.contains($0) })
        }
    }

    // MARK: Forgetting

    @Test("of those that are over the last are kept, and all others", arguments: StoreUnderTest.all)
    func remembered(store: StoreUnderTest) async throws {
        try await store.withPlace { directory in
            let store = try await store.openRemembering(directory, 3)
            for name in ["a", "b"] { try await store.register(.named(name)) }
            let (still, queue) = try await (store.create(.of(.named("still"))), store.create(.of(.named("jobs"))))
            try await store.begin(.of(still))
            for _ in 0..<5 { try await store.change(try await store.begin(.of(queue))) { $0.hasEnded = true } }
            #expect(try await store.numbers(.init()) == [1, 3, 4, 5, 6])
            let last = try await store.begin(.of(queue))
            #expect(try await store.numbers(.init()) == [1, 4, 5, 6, 7])
            #expect(try await store.numbers(.init(hasEnded: true)) == [4, 5, 6])
            #expect(try await store.migration(3) == nil)
            try await store.change(last) { $0.hasEnded = true }
            #expect(try await store.begin(.of(queue)).number == 8)
            #expect(try await store.numbers(.init(hasEnded: true)) == [5, 6, 7])
            await store.shutdown()
        }
    }

    @Test("many that are over are forgotten bit by bit", arguments: StoreUnderTest.all)
    func forgotten(store: StoreUnderTest) async throws {
        try await store.withPlace { directory in
            let store = try await store.openRemembering(directory, 10)
            for name in ["a", "b"] { try await store.register(.named(name)) }
            var migrations: [MigrationRecord] = []
            for number in 0..<250 {
                let queue = try await store.create(.of(.named("q\(number)")))
                migrations.append(try await store.begin(.of(queue)))
            }
            for migration in migrations { try await store.change(migration) { $0.hasEnded = true } }
            var kept: [Int] = []
            for number in 0..<4 {
                let queue = try await store.create(.of(.named("r\(number)")))
                try await store.begin(.of(queue))
                kept.append(try await store.numbers(.init(hasEnded: true)).count)
            }
            #expect(kept == [150, 50, 10, 10])
            #expect(try await store.numbers(.init(hasEnded: true)) == Array(241...250))
            await store.shutdown()
        }
    }
}
