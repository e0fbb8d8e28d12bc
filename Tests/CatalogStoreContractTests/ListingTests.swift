import Testing
import WeirDomain
import WeirStorage

@Suite("Listing queues") struct ListingTests {
    private static let sorted = ["-1", ".x", "0", "10", "2", "A", "Z", "_", "a", "a-", "a.", "aa", "b", "zz"]

    @Test("queues are listed in byte order of their names", arguments: StoreUnderTest.all)
    func order(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            for name in Self.sorted.shuffled() { try await store.create(.of(try .named(name))) }
            let listed = try await store.queues(of: .named("team"), after: "", limit: 100)
            #expect(listed.map(\.key.name.value) == Self.sorted)
        }
    }

    @Test("a listing has whole records", arguments: StoreUnderTest.all)
    func records(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            let first = try await store.create(.of(try .named("x"), in: "b", metadata: #"{"x":1}"#))
            let second = try await store.create(.of(try .named("y"), in: "a"))
            #expect(try await store.queues(of: .named("team"), after: "", limit: 10) == [first, second])
        }
    }

    @Test(
        "pages of every size put together are the listing", arguments: StoreUnderTest.all,
        [1, 2, 3, 7, 14, 15])
    func pages(store: StoreUnderTest, size: Int) async throws {
        try await store.withStore(pools: ["a"]) { store in
            for name in Self.sorted { try await store.create(.of(try .named(name))) }
            var listed: [String] = []
            var marker = ""
            while true {
                let page = try await store.queues(of: .named("team"), after: marker, limit: size)
                #expect(page.count <= size)
                guard let last = page.last else { break }
                listed += page.map(\.key.name.value)
                marker = last.key.name.value
                guard listed.count <= Self.sorted.count else { break }
            }
            #expect(listed == Self.sorted)
        }
    }

    @Test(
        "a page starts after any text, whether or not a queue has that name", arguments: StoreUnderTest.all,
        [
            ("", 14), ("0", 11), ("9", 9), ("a-", 4), ("a-z", 4), ("zz", 0), ("zzz", 0), (" ", 14), ("{", 0),
            ("é", 0),
        ])
    func markers(store: StoreUnderTest, page: (marker: String, count: Int)) async throws {
        try await store.withStore(pools: ["a"]) { store in
            for name in Self.sorted { try await store.create(.of(try .named(name))) }
            let listed = try await store.queues(of: .named("team"), after: page.marker, limit: 100)
            #expect(listed.map(\.key.name.value) == Self.sorted.suffix(page.count))
        }
    }

    @Test("a limit of 0 lists nothing", arguments: StoreUnderTest.all)
    func nothing(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            try await store.create(.of(try .named("jobs")))
            #expect(try await store.queues(of: .named("team"), after: "", limit: 0).isEmpty)
        }
    }

    @Test("a project sees, counts, changes and removes its own queues only", arguments: StoreUnderTest.all)
    func isolation(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a"]) { store in
            let names = ["team", "Team", "tea", "team ", "team2", "%", "é"]
            var records: [QueueRecord] = []
            for (number, project) in names.enumerated() {
                for queue in 0...number { try await store.create(.of(try .named("q\(queue)", of: project))) }
                records.append(try #require(try await store.queue(.named("q0", of: project))))
            }
            for (number, project) in names.enumerated() {
                #expect(try await store.queueCount(of: .named(project)) == number + 1)
                let listed = try await store.queues(of: .named(project), after: "", limit: 100)
                #expect(listed.map(\.key.name.value) == (0...number).map { "q\($0)" })
                #expect(Set(listed.map(\.key.project)) == [try .named(project)])
            }
            _ = try await store.remove(records[0].key)
            for record in records.dropFirst() { #expect(try await store.queue(record.key) == record) }
            #expect(try await store.queueCount(of: .named("team")) == 0)
            #expect(try await store.queueCount(of: .named("nobody")) == 0)
            #expect(try await store.queues(of: .named("nobody"), after: "", limit: 9).isEmpty)
        }
    }

    @Test("the pools' counts are those of all projects together", arguments: StoreUnderTest.all)
    func counts(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            for number in 0..<10 {
                let key = try QueueKey.named("q\(number)", of: "team\(number % 3)")
                try await store.create(.of(key, in: number < 7 ? "a" : "b"))
            }
            #expect(try await store.pools().map(\.queues) == [7, 3])
            _ = try await store.remove(.named("q0", of: "team0"))
            #expect(try await store.pools().map(\.queues) == [6, 3])
        }
    }

    @Test("counts are right after many created and removed queues at once", arguments: StoreUnderTest.all)
    func countsUnderRace(store: StoreUnderTest) async throws {
        try await store.withStore(pools: ["a", "b"]) { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let record = QueueRecord.of(try .named("q\(number)"), in: number < 50 ? "a" : "b")
                        _ = try await store.insert(record)
                        if number.isMultiple(of: 5) { _ = try await store.remove(record.key) }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.pools().map(\.queues) == [40, 40])
            #expect(try await store.queueCount(of: .named("team")) == 80)
            #expect(try await store.allRetirements().count == 20)
        }
    }
}
