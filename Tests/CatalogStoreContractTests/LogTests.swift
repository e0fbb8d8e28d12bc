import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Logs of the catalog") struct LogTests {
    private func entry(_ action: String, _ subject: String) -> AuditEntry {
        AuditEntry(
            at: Timestamp(milliseconds: 1_900_000_000_123), actor: "équipe", action: action, subject: subject,
            before: Array("null".utf8), after: Array(#"{"é":1}"#.utf8))
    }

    @Test("what is stored is noted, in order, with rising numbers", arguments: StoreUnderTest.all)
    func noted(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            #expect(try await store.audit(after: 0, limit: 10).isEmpty)
            _ = try await store.put(.named("a"), noting: entry("pool.put", "a"))
            _ = try await store.put(
                try .named("gold"), pools: ["a"], detachingOthers: false, noting: entry("flavor.put", "gold"))
            try await store.removeFlavor("gold", of: .named("team"), noting: entry("flavor.remove", "gold"))
            _ = try await store.removePool("a", noting: entry("pool.remove", "a"))
            let found = try await store.audit(after: 0, limit: 10)
            #expect(found.map(\.action) == ["pool.put", "flavor.put", "flavor.remove", "pool.remove"])
            #expect(found.map(\.number) == found.map(\.number).sorted() && Set(found.map(\.number)).count == 4)
            var first = entry("pool.put", "a")
            first.number = found[0].number
            #expect(found[0] == first)
            #expect(try await store.audit(after: found[1].number, limit: 1).map(\.action) == ["flavor.remove"])
        }
    }

    @Test("what is refused or changes nothing is not noted", arguments: StoreUnderTest.all)
    func notNoted(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            _ = try await store.create(try .of(.named("x"), in: "a"))
            _ = try await store.put(.named("c", uri: "memory:a"), noting: entry("pool.put", "c"))
            _ = try await store.put(.named("a", uri: "memory:z"), noting: entry("pool.put", "a"))
            _ = try await store.removePool("a", noting: entry("pool.remove", "a"))
            _ = try await store.put(
                try .named("gold"), pools: ["nobody"], detachingOthers: false, noting: entry("flavor.put", "gold"))
            try await store.removeFlavor("gold", of: .named("team"), noting: entry("flavor.remove", "gold"))
            #expect(try await store.audit(after: 0, limit: 10).isEmpty)
        }
    }

    @Test("replaced and removed queues stand in the log of changes, new ones do not", arguments: StoreUnderTest.all)
    func changes(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let start = try await store.changes(after: nil, limit: 10)
            #expect(start.keys.isEmpty && !start.hasGap)
            var one = try await store.create(try .of(.named("one"), in: "a"))
            let two = try await store.create(try .of(.named("two"), in: "a"))
            #expect(try await store.changes(after: start.last, limit: 10).keys.isEmpty)
            one.pool = "b"
            #expect(try await store.replace(one))
            _ = try await store.remove(two.key)
            let found = try await store.changes(after: start.last, limit: 10)
            #expect(Set(found.keys) == [one.key, two.key] && !found.hasGap)
            #expect(try await store.changes(after: found.last, limit: 10).keys.isEmpty)
            let first = try await store.changes(after: start.last, limit: 1)
            let second = try await store.changes(after: first.last, limit: 1)
            #expect(Set(first.keys + second.keys) == [one.key, two.key])
            #expect(try await store.changes(after: second.last, limit: 1).keys.isEmpty)
        }
    }
}
