import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Migrations in the catalog") struct MigrationTests {
    // MARK: Beginning

    @Test("what has begun is found as it was recorded, under the next number", arguments: StoreUnderTest.all)
    func begun(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["", "é \u{1}", "b"]) { store in
            for (number, pools) in [("", "b"), ("é \u{1}", "b"), ("b", "é \u{1}"), ("b", "b")].enumerated() {
                let key = try QueueKey.named("q\(number)", of: "é 日本")
                let queue = try await store.create(.of(key, in: pools.0, life: Int64(number) - 7))
                var migration = MigrationRecord.of(queue, to: pools.1, document: #"{"x":"\u0000é"}"#)
                migration.state = "é 🙂"
                migration.number = 77
                migration.version = 9
                migration.hasEnded = true
                #expect(try await store.begin(migration, noting: nil) == .begun(Int64(number) + 1))
                migration.number = Int64(number) + 1
                migration.version = 1
                migration.hasEnded = false
                #expect(try await store.migration(migration.number) == migration)
                #expect(try await store.migration(of: queue.life) == migration)
            }
            #expect(try await store.migration(0) == nil)
            #expect(try await store.migration(5) == nil)
            #expect(try await store.migration(of: QueueLife(1)) == nil)
        }
    }

    @Test("a queue that is not as was said does not begin to move", arguments: StoreUnderTest.all)
    func elsewhere(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b", "c"]) { store in
            let queue = try await store.create(.of(try .named("jobs"), in: "a"))
            let migration = MigrationRecord.of(queue)
            for change: (inout MigrationRecord) throws -> Void in [
                { $0.key = try .named("other") }, { $0.key = try .named("jobs", of: "others") },
                { $0.life = QueueLife(queue.life.value ^ 1) }, { $0.from = "b" }, { $0.from = "nobody" },
            ] {
                var other = migration
                try change(&other)
                #expect(try await store.begin(other, noting: nil) == .queueElsewhere)
            }
            #expect(try await store.begin(.of(queue, to: "nobody"), noting: nil) == .unknownPool)
            #expect(try await store.numbers(.init()).isEmpty)
            #expect(try await store.begin(migration, noting: nil) == .begun(1), "what is refused takes no number")
        }
    }

    @Test("a life has one migration at a time", arguments: StoreUnderTest.all)
    func alreadyMoves(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            var migration = try await store.begin(.of(queue))
            for pool in ["a", "b", "nobody"] {
                #expect(try await store.begin(.of(queue, to: pool), noting: nil) == .alreadyMoves(1))
            }
            migration = try await store.change(migration) { $0.hasEnded = true }
            #expect(try await store.migration(of: queue.life) == nil)
            #expect(try await store.migration(1) == migration)
            #expect(try await store.begin(.of(queue), noting: nil) == .begun(2))
        }
    }

    @Test("what has begun is noted, and nothing else is", arguments: StoreUnderTest.all)
    func noted(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let entry = AuditEntry.of("migration.begin")
            let queue = try await store.create(.of(try .named("jobs")))
            _ = try await store.begin(.of(queue, to: "nobody"), noting: entry)
            #expect(try await store.audit(after: 0, limit: 9).isEmpty)
            _ = try await store.begin(.of(queue), noting: entry)
            _ = try await store.begin(.of(queue), noting: entry)
            try await store.expectAudit([entry])
        }
    }

    // MARK: Changing

    @Test("a change is stored under the next version", arguments: StoreUnderTest.all)
    func replaced(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            let first = try await store.begin(.of(queue))
            var change = first
            // Of all this state and document are replaced alone.
            change.key = try .named("other")
            change.life = QueueLife(1)
            change.from = "x"
            change.to = "y"
            change.state = "copying"
            change.document = Array(#"{"copied":7}"#.utf8)
            #expect(try await store.replace(change, switching: nil))
            var second = first
            (second.state, second.document, second.version) = (change.state, change.document, 2)
            #expect(try await store.migration(1) == second)
            #expect(try await store.queue(queue.key) == queue, "its queue stays as it was")
            for version in [Int64(1), 3, 0, .max] {
                change.version = version
                #expect(try await !store.replace(change, switching: nil))
            }
            change.number = 2
            #expect(try await !store.replace(change, switching: nil))
            #expect(try await store.migrations(.init(), after: 0, limit: 9) == [second])
        }
    }

    @Test("an order is noted with the change that it makes, and not without", arguments: StoreUnderTest.all)
    func ordered(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            var migration = try await store.begin(.of(queue))
            let (pause, resume) = (AuditEntry.of("migration.pause"), AuditEntry.of("migration.resume"))
            #expect(try await store.replace(migration, switching: nil, noting: pause))
            #expect(try await !store.replace(migration, switching: nil, noting: resume), "another was faster")
            migration.version += 1
            let wrong = RouteSwitch(old: queue.ref, pool: "nobody", epoch: Epoch(2))
            #expect(try await !store.replace(migration, switching: wrong, noting: resume))
            try await store.expectAudit([pause])
            #expect(try await store.replace(migration, switching: nil))
            migration.version += 1
            #expect(try await store.replace(migration, switching: .of(queue), noting: resume))
            try await store.expectAudit([pause, resume])
        }
    }

    @Test("orders and changes of pools that race stand in one log, each once", arguments: StoreUnderTest.all)
    func orderRace(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var migrations: [MigrationRecord] = []
            for number in 0..<20 {
                migrations.append(try await store.begin(.of(try await store.create(.of(try .named("\(number)"))))))
            }
            let done = try await withThrowingTaskGroup(of: Bool.self) { group in
                for migration in migrations {
                    let name = "\(migration.number)"
                    group.addTask {
                        try await store.replace(migration, switching: nil, noting: .of("migration.pause", name))
                    }
                    group.addTask {
                        try await store.put(.named("pool \(name)"), noting: .of("pool.put", name)) == .stored
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(done == Array(repeating: true, count: 40))
            let found = try await store.audit(after: 0, limit: 100)
            #expect(found.map(\.number) == found.map(\.number).sorted() && Set(found.map(\.number)).count == 40)
            for action in ["migration.pause", "pool.put"] {
                let subjects = found.filter { $0.action == action }.map(\.subject)
                #expect(Set(subjects) == Set(migrations.map { "\($0.number)" }) && subjects.count == 20)
            }
        }
    }

    @Test("a migration that is over stays over", arguments: StoreUnderTest.all)
    func over(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            var ended = try await store.change(try await store.begin(.of(queue))) { $0.hasEnded = true }
            var again = ended
            again.hasEnded = false
            #expect(try await !store.replace(again, switching: nil))
            ended = try await store.change(ended) { $0.document = Array(#"{"note":1}"#.utf8) }
            #expect(try await store.migration(1) == ended)
            #expect(try await store.removePool("b") == .removed, "it is off its pools, once")
        }
    }

    @Test("of many who change what they saw exactly one does", arguments: StoreUnderTest.all)
    func race(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            var migration = try await store.begin(.of(queue))
            for round in 1...5 {
                let won = try await withThrowingTaskGroup(of: MigrationRecord?.self) { group in
                    for number in 0..<32 {
                        var change = migration
                        change.state = "\(round) \(number)"
                        group.addTask { [change] in try await store.replace(change, switching: nil) ? change : nil }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
                }
                migration.state = try #require(won.first).state
                migration.version += 1
                #expect(won.count == 1)
                #expect(try await store.migration(1) == migration)
            }
        }
    }

    @Test("of many who begin to move one queue exactly one does", arguments: StoreUnderTest.all)
    func beginningRace(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            for round in 1...3 {
                let starts = try await withThrowingTaskGroup(of: MigrationStart.self) { group in
                    for _ in 0..<16 { group.addTask { try await store.begin(.of(queue), noting: nil) } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let number = Int64(round)
                #expect(starts.count { $0 == .begun(number) } == 1)
                #expect(starts.count { $0 == .alreadyMoves(number) } == 15)
                let migration = try #require(try await store.migration(of: queue.life))
                try await store.change(migration) { $0.hasEnded = true }
            }
        }
    }

    // MARK: Pools

    @Test("a pool that migrations name which are not over stays, and keeps its uri", arguments: StoreUnderTest.all)
    func pools(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b", "c"]) { store in
            let queues = try await [store.create(.of(try .named("x"))), store.create(.of(try .named("y")))]
            var migrations: [MigrationRecord] = []
            for queue in queues { migrations.append(try await store.begin(.of(queue))) }
            #expect(try await store.removePool("a") == .holdsQueues(2))
            #expect(try await store.removePool("b") == .movesQueues(2))
            #expect(try await store.put(.named("b", uri: "memory:x")) == .movesQueues(2))
            #expect(try await store.pool("b")?.pool.uri == "memory:b")
            try await store.register(.named("b", weight: 1))
            for queue in queues { _ = try await store.remove(queue.key) }
            #expect(try await store.removePool("a") == .movesQueues(2))
            #expect(try await store.put(.named("a", uri: "memory:x")) == .movesQueues(2))
            try await store.change(migrations[0]) { $0.hasEnded = true }
            for name in ["a", "b"] { #expect(try await store.removePool(name) == .movesQueues(1)) }
            migrations[1] = try await store.change(migrations[1]) { $0.state = "cleaning" }
            try await store.change(migrations[1]) { $0.hasEnded = true }
            try await store.register(.named("a", uri: "memory:x"))
            for name in ["a", "b", "c"] { #expect(try await store.removePool(name) == .removed) }
        }
    }

    @Test("a migration within one pool is counted once", arguments: StoreUnderTest.all)
    func onePool(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            let migration = try await store.begin(.of(queue, to: "a"))
            _ = try await store.remove(queue.key)
            #expect(try await store.removePool("a") == .movesQueues(1))
            try await store.change(migration) { $0.hasEnded = true }
            #expect(try await store.removePool("a") == .removed)
        }
    }

    @Test("no queue ever moves to a pool that is gone or elsewhere", arguments: StoreUnderTest.all)
    func removalRace(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            for round in 0..<8 {
                try await store.register(.named("b"))
                async let start = store.begin(.of(queue), noting: nil)
                async let removal = store.removePool("b")
                async let other = store.put(.named("b", uri: "memory:\(round)"))
                let (begun, removed, stored) = (try await start, try await removal, try await other)
                if let migration = try await store.migration(of: queue.life) {
                    #expect(begun == .begun(migration.number))
                    #expect(try await store.pool("b") != nil)
                    #expect(removed == .movesQueues(1) || stored != .movesQueues(1))
                    try await store.change(migration) { $0.hasEnded = true }
                } else {
                    #expect(begun == .unknownPool && removed == .removed && stored == .stored)
                }
                #expect(try await store.removePool("b") == .removed)
            }
        }
    }
}
