import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Flavors in the catalog") struct FlavorRecordTests {
    @Test("a flavor is found as it was stored, with any set of capabilities", arguments: StoreUnderTest.all)
    func stored(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let sets: [CapabilitySet] = [
                [], [.fifo], [.atLeastOnce, .highThroughput], CapabilitySet(Capability.allCases),
            ]
            for (number, set) in sets.enumerated() {
                let flavor = try Flavor.named(
                    "é \(number)", required: set, listsPools: number.isMultiple(of: 2))
                #expect(try await store.put(flavor, pools: [], detachingOthers: false) == .stored)
                #expect(try await store.flavor(flavor.name, of: flavor.project) == flavor)
            }
            #expect(try await store.flavor("other", of: .named("team")) == nil)
        }
    }

    @Test("storing again replaces the flavor", arguments: StoreUnderTest.all)
    func replaced(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            _ = try await store.put(try .named("gold", required: [.fifo]), pools: [], detachingOthers: false)
            let changed = try Flavor.named("gold", required: [.claims], listsPools: false)
            _ = try await store.put(changed, pools: [], detachingOthers: false)
            #expect(try await store.flavors(of: .named("team"), after: "", limit: 10) == [changed])
        }
    }

    @Test("what flavors of one name require is that of all projects together", arguments: StoreUnderTest.all)
    func requirements(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let flavors = [
                try Flavor.named("gold", required: [.fifo]), try .named("gold", of: "others", required: [.claims, .fifo]),
                try .named("silver", required: [.durability]),
            ]
            for flavor in flavors { _ = try await store.put(flavor, pools: [], detachingOthers: false) }
            #expect(try await store.requirements(ofFlavor: "gold") == [.fifo, .claims])
            #expect(try await store.requirements(ofFlavor: "silver") == [.durability])
            #expect(try await store.requirements(ofFlavor: "Gold").isEmpty)
        }
    }

    @Test("flavors are listed in byte order of their names, page by page", arguments: StoreUnderTest.all)
    func listed(store: StoreUnderTest) async throws {
        let names = ["10", "2", "A", "a", "a b", "aa", "é", "🙂"]
        try await store.withStore { store in
            for name in names.shuffled() {
                _ = try await store.put(try .named(name), pools: [], detachingOthers: false)
                _ = try await store.put(try .named(name, of: "others"), pools: [], detachingOthers: false)
            }
            let team = try ProjectID.named("team")
            #expect(try await store.flavors(of: team, after: "", limit: 100).map(\.name) == names)
            #expect(
                try await store.flavors(of: team, after: "", limit: 3).map(\.name)
                    == names.prefix(3).map(\.self))
            #expect(try await store.flavors(of: team, after: "A", limit: 2).map(\.name) == ["a", "a b"])
            #expect(try await store.flavors(of: team, after: "B", limit: 2).map(\.name) == ["a", "a b"])
            #expect(try await store.flavors(of: team, after: "🙂", limit: 2).isEmpty)
        }
    }

    @Test("a project has its own flavors", arguments: StoreUnderTest.all)
    func isolation(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let mine = try Flavor.named("gold", required: [.fifo])
            let theirs = try Flavor.named("gold", of: "others", required: [.claims])
            _ = try await store.put(mine, pools: [], detachingOthers: false)
            _ = try await store.put(theirs, pools: [], detachingOthers: false)
            #expect(try await store.flavor("gold", of: .named("team")) == mine)
            try await store.removeFlavor("gold", of: .named("team"))
            #expect(try await store.flavor("gold", of: .named("team")) == nil)
            #expect(try await store.flavor("gold", of: .named("others")) == theirs)
        }
    }

    // MARK: What the caller saw

    @Test("a change of a flavor that is not as the caller saw it changes nothing", arguments: StoreUnderTest.all)
    func changed(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let old = try Flavor.named("gold", required: [.fifo])
            func put(_ flavor: Flavor, over seen: Flavor?) async throws -> FlavorRegistration {
                try await store.put(
                    flavor, over: seen, pools: ["b"], detachingOthers: true, noting: .of("flavor.put", "gold"))
            }
            #expect(try await put(old, over: old) == .changed, "there is none")
            #expect(try await store.flavor("gold", of: old.project) == nil)
            _ = try await store.put(old, pools: ["a"], detachingOthers: false)
            let before = try await store.pools()

            let new = try Flavor.named("gold", required: [.claims])
            let others = [
                nil, new, try Flavor.named("gold", required: [.fifo], listsPools: false), try Flavor.named("gold"),
            ]
            for seen in others { #expect(try await put(new, over: seen) == .changed) }
            #expect(try await store.flavor("gold", of: old.project) == old)
            #expect(try await store.pools() == before)

            #expect(try await put(new, over: old) == .stored)
            #expect(try await store.carried() == [nil, "gold"])
            try await store.removeFlavor("gold", of: old.project)
            #expect(try await put(old, over: new) == .changed, "it was removed")
            #expect(try await store.flavor("gold", of: old.project) == nil)
            try await store.expectAudit([.of("flavor.put", "gold")])
        }
    }

    @Test("of many who saw the same flavor exactly one changes it", arguments: StoreUnderTest.all)
    func changeRace(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let sets: [CapabilitySet] = [[.fifo], [.claims], [.durability], [.fifo, .claims]]
            let outcomes = try await withThrowingTaskGroup(of: FlavorRegistration.self) { group in
                for set in sets {
                    let flavor = try Flavor.named("gold", required: set)
                    group.addTask {
                        try await store.put(flavor, over: nil, pools: [], detachingOthers: false, noting: nil)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == .stored } == 1)
            #expect(outcomes.count { $0 == .changed } == sets.count - 1)
        }
    }

    // MARK: Pools

    @Test("a flavor's name is written on its pools, and stays on others", arguments: StoreUnderTest.all)
    func attach(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b", "c"]) { store in
            _ = try await store.put(try .named("gold"), pools: ["a", "b"], detachingOthers: false)
            #expect(try await store.carried() == ["gold", "gold", nil])
            _ = try await store.put(try .named("gold"), pools: ["c"], detachingOthers: false)
            #expect(try await store.carried() == ["gold", "gold", "gold"])
            _ = try await store.put(try .named("silver"), pools: ["b"], detachingOthers: false)
            #expect(try await store.carried() == ["gold", "silver", "gold"])
        }
    }

    @Test("detaching takes the name off all pools that are not listed", arguments: StoreUnderTest.all)
    func detach(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b", "c"]) { store in
            _ = try await store.put(try .named("gold"), pools: ["a", "b"], detachingOthers: false)
            _ = try await store.put(try .named("silver"), pools: ["c"], detachingOthers: false)
            _ = try await store.put(try .named("gold"), pools: ["b"], detachingOthers: true)
            #expect(try await store.carried() == [nil, "gold", "silver"])
            _ = try await store.put(try .named("gold"), pools: [], detachingOthers: true)
            #expect(try await store.carried() == [nil, nil, "silver"])
        }
    }

    @Test("an unknown pool changes nothing, wherever it stands in the list", arguments: StoreUnderTest.all)
    func unknownPool(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            _ = try await store.put(try .named("gold"), pools: ["a"], detachingOthers: false)
            let before = try await store.pools()
            let changed = try Flavor.named("gold", required: [.fifo])
            for pools in [["x"], ["x", "b"], ["b", "x"]] {
                for detaching in [false, true] {
                    let outcome = try await store.put(changed, pools: pools, detachingOthers: detaching)
                    #expect(outcome == .unknownPool("x"))
                    _ = try await store.put(try .named("new"), pools: pools, detachingOthers: detaching)
                }
            }
            #expect(try await store.pools() == before)
            #expect(try await store.flavors(of: .named("team"), after: "", limit: 9) == [try .named("gold")])
        }
    }

    @Test("removing a flavor takes its name off all pools", arguments: StoreUnderTest.all)
    func removed(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b", "c"]) { store in
            _ = try await store.put(try .named("gold"), pools: ["a", "b"], detachingOthers: false)
            _ = try await store.put(try .named("silver"), pools: ["c"], detachingOthers: false)
            try await store.removeFlavor("gold", of: .named("team"))
            #expect(try await store.carried() == [nil, nil, "silver"])
            #expect(try await store.flavor("gold", of: .named("team")) == nil)
            #expect(try await store.removePool("a") == .removed)
        }
    }

    @Test("removing a flavor that the project does not have changes nothing", arguments: StoreUnderTest.all)
    func nothingToRemove(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            _ = try await store.put(try .named("gold"), pools: ["a"], detachingOthers: false)
            let before = try await store.pools()
            try await store.removeFlavor("silver", of: .named("team"))
            try await store.removeFlavor("gold", of: .named("others"))
            #expect(try await store.pools() == before)
        }
    }
}
