import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

/// Two nodes, each with its own memory of routes, over pools "a" and "b" of one kind. The queue "jobs" is in "a".
@Suite("Routes") struct RoutingTests {
    private struct Scene {
        let site: Site
        let first: Catalog
        let second: Catalog
        let key: QueueKey

        /// What `pool` holds of the queue, asked of the pool itself.
        func texts(in pool: String, _ ref: QueueRef, at now: Timestamp = ManualClock().now()) async throws
            -> [String]
        {
            let driver = try #require(first.pools.pool(named: pool)).driver()
            return try await driver.list(MessageFilter(after: .start, limit: 1000), in: ref, now: now).map(
                \.text)
        }

        func driver(_ pool: String) throws -> any PoolDriver {
            try #require(first.pools.pool(named: pool)).driver()
        }

        func record() async throws -> QueueRecord {
            try #require(try await site.store.queue(key))
        }

        /// Moves the queue, which is empty, under the next epoch, as a migration would: the source first, so that
        /// nobody who still believes in it is served.
        func move(to pool: String) async throws {
            var record = try await record()
            let source = record.pool
            record.epoch = Epoch(record.epoch.value + 1)
            record.pool = pool
            try await driver(source).retire(record.ref, now: site.clock.now())
            #expect(try await site.store.replace(record))
            try await driver(pool).open(record.ref, now: site.clock.now())
        }
    }

    private func withScene(
        _ kind: PoolKind, _ work: nonisolated(nonsending) (Scene) async throws -> Void
    ) async throws {
        try await Site.with { site in
            try await site.register(kind.pool("a"), kind.pool("b", weight: 0))
            let pools = try await site.openPools()
            let scene = Scene(
                site: site, first: site.node(sharing: pools), second: site.node(sharing: pools),
                key: try .named("jobs"))
            #expect(try await scene.first.create(scene.key))
            try await work(scene)
        }
    }

    // MARK: Opening

    @Test("a queue without a record has no pool", arguments: PoolKind.allCases)
    func noQueue(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            let other = try QueueKey.named("other")
            #expect(try await scene.first.route(for: other) == nil)
            #expect(try await scene.first.post("x", to: other) == nil)
            #expect(try await scene.first.texts(in: other) == nil)
            #expect(try await scene.first.post("x", to: .named("jobs", of: "others")) == nil)
        }
    }

    @Test(
        "a pool learns of a queue when it is first written to, and not before", arguments: PoolKind.allCases)
    func lazily(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            let ref = try await scene.record().ref
            #expect(try await scene.first.texts(in: scene.key) == nil)
            await #expect(throws: StorageError.queueNotOpen) { try await scene.texts(in: "a", ref) }
            #expect(try await scene.first.post("x", to: scene.key) != nil)
            #expect(try await scene.texts(in: "a", ref) == ["x"])
            #expect(try await scene.second.texts(in: scene.key) == ["x"])
        }
    }

    @Test("a route is remembered from its first use on", arguments: PoolKind.allCases)
    func remembered(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            #expect(scene.first.knownRoute(for: scene.key) == nil)
            try await scene.first.post("x", to: scene.key)
            let record = try await scene.record()
            #expect(scene.first.knownRoute(for: scene.key)?.ref == record.ref)
            let reads = Counter()
            scene.site.store.around { reads.add() }
            for _ in 0..<5 { try await scene.first.post("y", to: scene.key) }
            #expect(reads.count == 0, "the catalog is not asked again")
        }
    }

    @Test("other failures of the pool are the caller's, at once", arguments: PoolKind.allCases)
    func failure(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            let calls = Counter()
            for error in [StorageError.busy, .unavailable("x"), .unknownOutcome("y")] {
                await #expect(throws: error) {
                    try await scene.first.withPool(of: scene.key, opening: true) {
                        _, _ throws(StorageError) in
                        calls.add()
                        throw error
                    }
                }
            }
            #expect(calls.count == 3)
        }
    }

    // MARK: Out of date

    @Test("a queue that moved is followed", arguments: PoolKind.allCases)
    func moved(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            try await scene.second.post("gone", to: scene.key)
            _ = try await scene.second.withPool(of: scene.key) { driver, route throws(StorageError) in
                try await driver.pop(10, from: route.ref, now: scene.site.clock.now())
            }
            try await scene.move(to: "b")
            #expect(
                scene.second.knownRoute(for: scene.key)?.pool.pool.name == "a", "its route is out of date")
            #expect(try await scene.second.post("x", to: scene.key) != nil)
            #expect(try await scene.texts(in: "b", scene.record().ref) == ["x"])
            #expect(scene.second.knownRoute(for: scene.key)?.pool.pool.name == "b")
            #expect(try await scene.first.texts(in: scene.key) == ["x"])
        }
    }

    @Test("readers follow a queue that moved without being told", arguments: PoolKind.allCases)
    func readers(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            #expect(try await scene.second.texts(in: scene.key) == nil)
            try await scene.move(to: "b")
            try await scene.first.post("x", to: scene.key)
            #expect(try await scene.second.texts(in: scene.key) == ["x"])
        }
    }

    @Test(
        "a pool that expects a queue under a later epoch serves nobody of an earlier one",
        arguments: PoolKind.allCases)
    func earlierEpoch(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            try await scene.first.post("gone", to: scene.key)
            let start = try await scene.record()
            _ = try await scene.driver("a").pop(10, from: start.ref, now: scene.site.clock.now())
            try await scene.second.post("gone", to: scene.key)
            _ = try await scene.driver("a").pop(10, from: start.ref, now: scene.site.clock.now())
            try await scene.move(to: "b")
            // A day later "a" has forgotten the queue, and is made ready to have it back.
            scene.site.clock.advance(seconds: Limits.tombstoneSeconds + 60)
            let now = scene.site.clock.now()
            while try await scene.driver("a").collect(1000, now: now) {}
            let later = QueueRef(life: start.life, epoch: Epoch(3))
            try await scene.driver("a").open(later, now: now)
            _ = try await scene.driver("a").post([.saying("copy")], from: .producer, to: later, now: now)

            for node in [scene.first, scene.second] {
                #expect(node.knownRoute(for: scene.key)?.ref == start.ref, "a route of the first epoch")
            }
            #expect(
                try await scene.first.texts(in: scene.key, at: now) == [], "the pool refused to show the copy"
            )
            #expect(try await scene.second.post("x", to: scene.key, at: now) != nil)
            #expect(
                try await scene.texts(in: "a", later, at: now) == ["copy"],
                "the pool refused to take a message")
            #expect(try await scene.texts(in: "b", scene.record().ref, at: now) == ["x"])
        }
    }

    @Test("a queue deleted and created again through another node is a new one", arguments: PoolKind.allCases)
    func recreated(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            try await scene.second.post("old", to: scene.key)
            let old = try await scene.record().ref
            try await scene.first.remove(scene.key)
            scene.site.clock.advance(milliseconds: 1)
            #expect(try await scene.first.create(scene.key))
            #expect(scene.second.knownRoute(for: scene.key)?.ref == old, "its route is out of date")
            #expect(try await scene.second.post("new", to: scene.key) != nil)
            #expect(try await scene.first.texts(in: scene.key) == ["new"])
            #expect(try await scene.second.texts(in: scene.key) == ["new"])
            #expect(try await scene.record().ref.life > old.life)
        }
    }

    @Test("a queue created again, and never written to, is empty for all", arguments: PoolKind.allCases)
    func recreatedEmpty(kind: PoolKind) async throws {
        try await withScene(kind) { scene async throws in
            try await scene.second.post("old", to: scene.key)
            try await scene.first.remove(scene.key)
            scene.site.clock.advance(milliseconds: 1)
            _ = try await scene.first.create(scene.key)
            #expect(try await scene.second.texts(in: scene.key) == nil)
        }
    }

    @Test("a queue deleted through another node is gone, and cannot be revived", arguments: PoolKind.allCases)
    func deleted(kind: PoolKind) async throws {
        try await withScene(kind) { scene async throws in
            try await scene.second.post("old", to: scene.key)
            let old = try await scene.record().ref
            try await scene.first.remove(scene.key)
            #expect(scene.second.knownRoute(for: scene.key) != nil, "its route is out of date")
            #expect(try await scene.second.post("new", to: scene.key) == nil)
            #expect(try await scene.second.texts(in: scene.key) == nil)
            #expect(scene.second.knownRoute(for: scene.key) == nil)
            await #expect(throws: StorageError.staleRoute) {
                try await scene.driver("a").open(old, now: scene.site.clock.now())
            }
        }
    }

    @Test(
        "a queue deleted before it was ever written to cannot be opened by a late node",
        arguments: PoolKind.allCases)
    func deletedUnopened(kind: PoolKind) async throws {
        try await withScene(kind) { scene async throws in
            #expect(try await scene.second.texts(in: scene.key) == nil)
            // The late node has read the catalog and is about to open the queue when it is deleted.
            let reads = Counter()
            scene.site.store.around { [first = scene.first, key = scene.key] in
                reads.add()
                if reads.count == 2 { try? await first.remove(key) }
            }
            #expect(try await scene.second.post("x", to: scene.key) == nil)
        }
    }

    @Test(
        "a pool that refuses the route of the catalog itself is not asked for ever",
        arguments: PoolKind.allCases)
    func refusalLoop(kind: PoolKind) async throws {
        try await withScene(kind) { scene in
            var record = try await scene.record()
            try await scene.driver("a").open(record.ref, now: scene.site.clock.now())
            record.epoch = Epoch(2)
            #expect(try await scene.site.store.replace(record))
            let calls = Counter()
            let error = await #expect(throws: StorageError.self) {
                try await scene.first.withPool(of: scene.key, opening: true) {
                    driver, route throws(StorageError) in
                    calls.add()
                    return try await driver.lastSequence(of: route.ref)
                }
            }
            guard case .unavailable = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(calls.count == Limits.routeAttempts)
        }
    }
}
