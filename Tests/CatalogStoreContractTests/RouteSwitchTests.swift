import Testing
import WeirDomain
import WeirStorage

@Suite("Switching the route of a queue") struct RouteSwitchTests {
    /// Works with a queue in pool a that moves to b.
    private func withMove(
        _ store: StoreUnderTest,
        _ work: nonisolated(nonsending) (any Store, QueueRecord, MigrationRecord) async throws -> Void
    ) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            // Too large for the place that some stores have for it.
            let metadata = "{\"x\":\"\(String(repeating: "é", count: 100))\"}"
            let queue = try await store.create(.of(try .named("jobs"), metadata: metadata))
            try await work(store, queue, try await store.begin(.of(queue)))
        }
    }

    @Test("the queue and its migration change together", arguments: StoreUnderTest.all)
    func switched(store: StoreUnderTest) async throws {
        try await withMove(store) { store, queue, migration in
            let start = try await store.changes(after: nil, limit: 1).last
            let changed = try await store.change(migration, switching: .of(queue)) { $0.state = "switched" }
            #expect(try await store.migration(1) == changed)
            var moved = queue
            (moved.pool, moved.epoch, moved.version) = ("b", Epoch(2), queue.version + 1)
            #expect(try await store.queue(queue.key) == moved)
            #expect(try await store.pools().map(\.queues) == [0, 1])
            #expect(try await store.changes(after: start, limit: 9).keys == [queue.key])
            // And back, under a later epoch.
            try await store.change(changed, switching: .of(moved, to: "a")) { $0.hasEnded = true }
            (moved.pool, moved.epoch, moved.version) = ("a", Epoch(3), moved.version + 1)
            #expect(try await store.queue(queue.key) == moved)
            #expect(try await store.pools().map(\.queues) == [1, 0])
            #expect(try await store.remove(queue.key) == moved)
        }
    }

    @Test("metadata stay as they are meanwhile", arguments: StoreUnderTest.all)
    func metadata(store: StoreUnderTest) async throws {
        try await withMove(store) { store, queue, migration in
            var changed = queue
            for metadata in ["{}", "{\"x\":\"\(String(repeating: "y", count: 70))\"}"] {
                changed.metadata = Array(metadata.utf8)
                #expect(try await store.replace(changed))
                changed.version += 1
            }
            try await store.change(migration, switching: .of(queue)) { $0.state = "switched" }
            (changed.pool, changed.epoch, changed.version) = ("b", Epoch(2), changed.version + 1)
            #expect(try await store.queue(queue.key) == changed)
        }
    }

    @Test("nothing is changed unless the route is the one that was", arguments: StoreUnderTest.all)
    func refused(store: StoreUnderTest) async throws {
        try await withMove(store) { store, queue, migration async throws in
            let right = RouteSwitch.of(queue)
            let life = QueueRef(life: QueueLife(queue.life.value ^ 1), epoch: queue.epoch)
            for route in [
                RouteSwitch(old: life, pool: "b", epoch: right.epoch),
                RouteSwitch(old: QueueRef(life: queue.life, epoch: Epoch(2)), pool: "b", epoch: right.epoch),
                RouteSwitch(old: queue.ref, pool: "nobody", epoch: right.epoch),
            ] {
                #expect(try await !store.replace(migration, switching: route))
            }
            var stale = migration
            stale.version = 2
            #expect(try await !store.replace(stale, switching: right))
            #expect(try await store.migration(1) == migration)
            #expect(try await store.queue(queue.key) == queue)
            #expect(try await store.changes(after: 0, limit: 9).keys.isEmpty)
            #expect(try await store.replace(migration, switching: right))
        }
    }

    @Test("a queue can be removed while it moves, and then is not switched", arguments: StoreUnderTest.all)
    func removed(store: StoreUnderTest) async throws {
        try await withMove(store) { store, queue, migration in
            #expect(try await store.remove(queue.key) == queue)
            #expect(try await store.allRetirements() == [Retirement(ref: queue.ref, pool: "a")])
            try await store.create(.of(queue.key))
            #expect(try await !store.replace(migration, switching: .of(queue)))
            #expect(try await store.migration(of: queue.life) == migration)
            #expect(try await store.begin(migration, noting: nil) == .alreadyMoves(1))
            try await store.change(migration) { $0.hasEnded = true }
            #expect(try await store.begin(migration, noting: nil) == .queueElsewhere)
        }
    }

    // MARK: Races

    @Test("of a switch and a removal one comes first, and the other meets it", arguments: StoreUnderTest.all)
    func removalRace(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            for round in 0..<12 {
                let queue = try await store.create(.of(try .named("q\(round)")))
                let migration = try await store.begin(.of(queue))
                async let first = store.replace(migration, switching: .of(queue))
                async let second = store.remove(queue.key)
                let (isSwitched, removed) = (try await first, try #require(try await second))
                #expect(removed.pool == (isSwitched ? "b" : "a"))
                #expect(try await store.migration(migration.number)?.version == (isSwitched ? 2 : 1))
                let retirement = Retirement(ref: removed.ref, pool: removed.pool)
                #expect(try await store.allRetirements() == [retirement])
                try await store.retired(queue.life)
                #expect(try await store.pools().map(\.queues) == [0, 0])
            }
        }
    }

    @Test("of a switch and another change of the route exactly one is done", arguments: StoreUnderTest.all)
    func replacementRace(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b", "c"]) { store in
            for round in 0..<12 {
                let queue = try await store.create(.of(try .named("q\(round)")))
                let migration = try await store.begin(.of(queue))
                var other = queue
                (other.pool, other.epoch) = ("c", Epoch(9))
                async let first = store.replace(migration, switching: .of(queue))
                async let second = store.replace(other)
                let (isSwitched, isReplaced) = (try await first, try await second)
                #expect(isSwitched != isReplaced)
                let record = try #require(try await store.remove(queue.key))
                #expect(record.pool == (isSwitched ? "b" : "c") && record.version == 2)
                #expect(try await store.pools().map(\.queues) == [0, 0, 0])
            }
        }
    }

    @Test("of many who switch exactly one does", arguments: StoreUnderTest.all)
    func race(store: StoreUnderTest) async throws {
        try await withMove(store) { store, queue, migration in
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 { group.addTask { try await store.replace(migration, switching: .of(queue)) } }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(won == 1)
            #expect(try await store.queue(queue.key)?.version == 2)
            #expect(try await store.pools().map(\.queues) == [0, 1])
        }
    }

    @Test("a switch and changes of the metadata lose nothing of each other", arguments: StoreUnderTest.all)
    func metadataRace(store: StoreUnderTest) async throws {
        try await withMove(store) { store, queue, migration in
            let changes = try await withThrowingTaskGroup(of: Int64.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        // Each adds so many bytes, and looks again whenever somebody else was first.
                        var added: Int64 = 0
                        while added < 25 {
                            guard var record = try await store.queue(queue.key) else { break }
                            record.metadata.append(UInt8(writer))
                            if try await store.replace(record) { added += 1 }
                        }
                        return added
                    }
                }
                group.addTask {
                    let isSwitched = try await store.replace(migration, switching: .of(queue))
                    #expect(isSwitched)
                    return 1
                }
                return try await group.reduce(0, +)
            }
            let record = try #require(try await store.queue(queue.key))
            #expect(record.metadata.count == queue.metadata.count + 100)
            #expect(record.version == queue.version + changes && changes == 101)
            #expect(record.pool == "b" && record.epoch == Epoch(2))
        }
    }
}
