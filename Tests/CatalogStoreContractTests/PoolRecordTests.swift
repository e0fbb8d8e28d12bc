import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Pools in the catalog") struct PoolRecordTests {
    @Test("a pool is listed as it was registered", arguments: StoreUnderTest.all)
    func stored(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let pools = [
                Pool(name: "", uri: "memory:virtual", weight: 1),
                Pool(
                    name: "é \u{1}", uri: "redis://u:p%20@h/0", weight: 4_294_967_295, flavor: "gold",
                    options: Array(#"{"x":"\u0000é"}"#.utf8), state: .draining),
                Pool(name: "p", uri: "memory:p", weight: 0, flavor: "", options: []),
            ]
            for pool in pools { try await store.register(pool) }
            let listed = try await store.pools()
            #expect(Set(listed.map(\.pool)) == Set(pools))
            #expect(listed.map(\.queues) == [0, 0, 0])
        }
    }

    @Test("pools are listed in byte order of their names", arguments: StoreUnderTest.all)
    func order(store: StoreUnderTest) async throws {
        let names = ["", "-", "10", "2", "A", "Z", "a", "a b", "aa", "z", "é", "日本", "🙂"]
        try await store.withStore(pools: names.shuffled()) { store async throws in
            #expect(try await store.pools().map(\.pool.name) == names)
        }
    }

    @Test("registering again replaces everything but the queues", arguments: StoreUnderTest.all)
    func replaced(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let queue = try await store.create(.of(try .named("jobs")))
            let changed = Pool(
                name: "a", uri: "memory:a", weight: 7, flavor: "gold", options: Array(#"{"x":1}"#.utf8),
                state: .draining)
            try await store.register(changed)
            let record = try #require(try await store.pool("a"))
            #expect(record.pool == changed)
            #expect(record.queues == 1)
            #expect(try await store.queue(queue.key) == queue)
        }
    }

    @Test("versions grow with every change and never come back", arguments: StoreUnderTest.all)
    func versions(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            var seen = [try #require(try await store.pool("a")).version]
            try await store.register(.named("a", weight: 1))
            seen.append(try #require(try await store.pool("a")).version)
            _ = try await store.put(try .named("gold"), pools: ["a"], detachingOthers: false)
            seen.append(try #require(try await store.pool("a")).version)
            _ = try await store.put(try .named("gold"), pools: ["b"], detachingOthers: true)
            seen.append(try #require(try await store.pool("a")).version)
            #expect(try await store.removePool("a") == .removed)
            try await store.register(.named("a", weight: 1))
            seen.append(try #require(try await store.pool("a")).version)
            #expect(seen == Set(seen).sorted())
        }
    }

    // MARK: What the caller saw

    @Test("a change of a pool that is not as the caller saw it changes nothing", arguments: StoreUnderTest.all)
    func changed(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let pool = Pool.named("a", weight: 1)
            func put(over seen: Int64?) async throws -> PoolRegistration {
                try await store.put(pool, over: seen, replacing: nil, noting: .of("pool.put", "a"))
            }
            #expect(try await put(over: 1) == .changed, "there is none")
            #expect(try await store.pools().isEmpty)
            #expect(try await put(over: nil) == .stored)
            let first = try #require(try await store.pool("a"))
            #expect(try await put(over: nil) == .changed, "there is one")
            #expect(try await store.add(.named("a")) == .changed)
            #expect(try await store.pools() == [first])

            _ = try await store.put(try .named("gold"), pools: ["a"], detachingOthers: false)
            let second = try #require(try await store.pool("a"))
            #expect(try await put(over: first.version) == .changed, "a flavor was written on it")
            #expect(try await store.pools() == [second])
            #expect(try await put(over: second.version) == .stored)

            let third = try #require(try await store.pool("a"))
            try await store.create(.of(try .named("jobs")))
            _ = try await store.remove(.named("jobs"))
            #expect(try await put(over: third.version) == .stored, "queues come and go")

            let last = try #require(try await store.pool("a"))
            #expect(try await store.removePool("a") == .removed)
            #expect(try await put(over: last.version) == .changed, "it was removed")
            try await store.register(pool)
            #expect(try await put(over: last.version) == .changed, "it is another one")
            try await store.expectAudit(Array(repeating: .of("pool.put", "a"), count: 3))
        }
    }

    @Test("of many who saw the same pool exactly one changes it", arguments: StoreUnderTest.all)
    func changeRace(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            for round in 0..<3 {
                let seen = try #require(try await store.pool("a")).version
                let outcomes = try await withThrowingTaskGroup(of: PoolRegistration.self) { group in
                    for number in 0..<8 {
                        let pool = Pool.named("a", weight: 100 * round + number)
                        group.addTask { try await store.put(pool, over: seen, replacing: nil, noting: nil) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(outcomes.count { $0 == .stored } == 1)
                #expect(outcomes.count { $0 == .changed } == 7)
            }
        }
    }

    // MARK: Uris

    @Test("a uri belongs to one pool", arguments: StoreUnderTest.all)
    func uriInUse(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let before = try await store.pools()
            #expect(try await store.put(.named("c", uri: "memory:a")) == .uriInUse(by: "a"))
            #expect(try await store.put(.named("b", uri: "memory:a")) == .uriInUse(by: "a"))
            #expect(try await store.pools() == before)
        }
    }

    @Test("a uri is free once its pool has another or is gone", arguments: StoreUnderTest.all)
    func uriFreed(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            try await store.register(.named("a", uri: "memory:elsewhere"))
            try await store.register(.named("c", uri: "memory:a"))
            #expect(try await store.removePool("b") == .removed)
            try await store.register(.named("d", uri: "memory:b"))
        }
    }

    @Test("a pool that holds queues keeps its uri", arguments: StoreUnderTest.all)
    func keepsURI(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            try await store.create(.of(try .named("x")))
            try await store.create(.of(try .named("y")))
            let before = try await store.pools()
            #expect(try await store.put(.named("a", uri: "memory:other", weight: 1)) == .holdsQueues(2))
            #expect(try await store.pools() == before)
            let other = Pool.named("a", uri: "memory:other", weight: 1)
            #expect(try await store.put(other, replacing: "memory:stale", noting: nil) == .holdsQueues(2))
            #expect(try await store.pools() == before)
            #expect(try await store.put(other, replacing: before[0].pool.uri, noting: nil) == .stored)
            #expect(try await store.pools().map(\.pool) == [other])
            #expect(try await store.pools().map(\.queues) == [2])
            try await store.register(.named("b", uri: before[0].pool.uri))
            #expect(try await store.removePool("b") == .removed)
            #expect(try await store.put(before[0].pool, replacing: other.uri, noting: nil) == .stored)
            _ = try await store.remove(.named("x"))
            _ = try await store.remove(.named("y"))
            try await store.register(.named("a", uri: "memory:other"))
        }
    }

    @Test("of many who want one uri exactly one gets it", arguments: StoreUnderTest.all)
    func uriRace(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let outcomes = try await withThrowingTaskGroup(of: PoolRegistration.self) { group in
                for number in 0..<16 {
                    group.addTask { try await store.put(.named("p\(number)", uri: "memory:x")) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let owner = try #require(try await store.pools().first).pool.name
            let losers = outcomes.filter { $0 != .stored }
            #expect(losers == Array(repeating: .uriInUse(by: owner), count: 15))
        }
    }

    // MARK: Removing

    @Test(
        "a pool without queues can be removed, and an unknown one is gone already",
        arguments: StoreUnderTest.all)
    func removed(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store async throws in
            #expect(try await store.removePool("a") == .removed)
            #expect(try await store.removePool("a") == .removed)
            #expect(try await store.removePool("nobody") == .removed)
            #expect(try await store.pools().map(\.pool.name) == ["b"])
        }
    }

    @Test("a pool that holds queues stays", arguments: StoreUnderTest.all)
    func holdsQueues(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            try await store.create(.of(try .named("x")))
            try await store.create(.of(try .named("x", of: "others")))
            #expect(try await store.removePool("a") == .holdsQueues(2))
            #expect(try await store.pools().map(\.queues) == [2])
            _ = try await store.remove(.named("x"))
            _ = try await store.remove(.named("x", of: "others"))
            #expect(try await store.removePool("a") == .removed)
        }
    }

    @Test(
        "the last pool that names a flavor stays, whether or not that flavor exists",
        arguments: StoreUnderTest.all)
    func lastOfFlavor(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["plain"]) { store in
            try await store.register(.named("a", flavor: "gold"))
            try await store.register(.named("b", flavor: "gold"))
            try await store.register(.named("c", flavor: ""))
            #expect(try await store.removePool("a") == .removed)
            #expect(try await store.removePool("b") == .lastOfFlavor("gold"))
            #expect(try await store.removePool("c") == .removed, "an empty name is no flavor's")
            try await store.register(.named("b", flavor: "silver"))
            #expect(try await store.removePool("b") == .lastOfFlavor("silver"))
            try await store.register(.named("b"))
            #expect(try await store.removePool("b") == .removed)
            #expect(try await store.pools().map(\.pool.name) == ["plain"])
        }
    }

    @Test("no queue is ever in a pool that is gone", arguments: StoreUnderTest.all)
    func removalRace(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            for round in 0..<8 {
                try await store.register(.named("a"))
                let key = try QueueKey.named("q\(round)")
                async let insertion = store.insert(.of(key))
                async let removal = store.removePool("a")
                let (inserted, removed) = (try await insertion, try await removal)
                #expect(inserted.isInserted == (removed == .holdsQueues(1)))
                #expect(inserted.isPoolClosed == (removed == .removed))
                _ = try await store.remove(key)
            }
        }
    }
}
