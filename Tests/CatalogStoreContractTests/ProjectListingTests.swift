import Testing
import WeirDomain
import WeirStorage

@Suite("Projects of a catalog") struct ProjectListingTests {
    private func everyProject(of store: any Store, perPage limit: Int) async throws -> [String] {
        var found: [String] = []
        var cursor: [UInt8]?
        repeat {
            let page = try await store.projects(after: cursor, limit: limit)
            found += page.projects.map(\.value)
            cursor = page.next
        } while cursor != nil
        return found
    }

    @Test("a catalog without queues has none", arguments: StoreUnderTest.all)
    func none(_ store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store async throws in
            #expect(try await everyProject(of: store, perPage: 10) == [])
        }
    }

    @Test("each that has queues is found, page by page, and none that has lost its last", arguments: StoreUnderTest.all)
    func paged(_ store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store async throws in
            let names = (0..<40).map { "team \($0)" } + ["ü", "UPPER", "a'b\"c"]
            for name in names {
                for queue in ["q", "r"] { try await store.create(.of(try .named(queue, of: name))) }
            }
            for queue in ["q", "r"] { _ = try await store.remove(try .named(queue, of: "team 3")) }
            let wanted = Set(names).subtracting(["team 3"])
            for limit in [1, 7, 1000] {
                let found = try await everyProject(of: store, perPage: limit)
                #expect(Set(found) == wanted)
                #expect(found.count == wanted.count)
            }
        }
    }
}
