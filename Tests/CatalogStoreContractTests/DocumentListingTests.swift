import Testing
import WeirDomain
import WeirStorage

@Suite("Listing and collecting documents") struct DocumentListingTests {
    @Test("documents of an owner are listed in byte order, page by page", arguments: StoreUnderTest.all)
    func pages(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let names = ["B", "a", "a.", "a1", "b", "é", "z"]
            for name in names.shuffled() {
                #expect(try await store.insert(.of(name), now: .start))
                #expect(try await store.insert(.of(name, in: "others"), now: .start))
                #expect(try await store.insert(.of(name, kind: .subscriber), now: .start))
            }
            let order = ["B", "a", "a.", "a1", "b", "z", "é"]
            #expect(try await store.names() == order)
            #expect(try await store.names(after: "a") == Array(order.dropFirst(2)))
            #expect(try await store.names(after: "a0", limit: 2) == ["a1", "b"])
            #expect(try await store.names(after: "é").isEmpty)
            #expect(try await store.names(limit: 0).isEmpty)
            #expect(try await store.names(in: "nobody").isEmpty)
        }
    }

    @Test("a page is full however many before and between are over", arguments: StoreUnderTest.all)
    func expired(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 1000..<1500 {
                    let isKept = number.isMultiple(of: 100)
                    let end = isKept ? Timestamp.start.adding(2) : .start.adding(1)
                    let document = try Document.of("\(number)", expires: end)
                    group.addTask { try await store.insert(document, now: .start) }
                }
                for try await inserted in group { #expect(inserted) }
            }
            let later = Timestamp.start.adding(1)
            #expect(try await store.names(now: later) == ["1000", "1100", "1200", "1300", "1400"])
            #expect(try await store.names(limit: 2, now: later) == ["1000", "1100"])
            #expect(try await store.names(after: "1100", limit: 2, now: later) == ["1200", "1300"])
        }
    }

    @Test("one whose time is over is not there, and may be inserted again", arguments: StoreUnderTest.all)
    func insertedAgain(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let first = try Document.of("x", content: "1", expires: .start.adding(5))
            #expect(try await store.insert(first, now: .start))
            #expect(try await store.document(first.key, now: .start.adding(4)) == first)
            #expect(try await store.document(first.key, now: .start.adding(5)) == nil)
            let second = try Document.of("x", content: "2")
            #expect(try await store.insert(second, now: .start.adding(5)))
            #expect(try await store.document(first.key, now: .start.adding(5)) == second)
            #expect(try await !store.collectDocuments(10, now: .start.adding(100)))
            #expect(try await store.document(first.key, now: .start.adding(100)) == second)
        }
    }

    @Test("those whose time is over are collected, a few at a time, and no others", arguments: StoreUnderTest.all)
    func collected(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            for number in 0..<5 {
                #expect(try await store.insert(.of("old\(number)", expires: .start.adding(1)), now: .start))
            }
            #expect(try await store.insert(.of("kept"), now: .start))
            #expect(try await store.insert(.of("young", expires: .start.adding(2)), now: .start))
            #expect(try await !store.collectDocuments(2, now: .start))
            #expect(try await store.names().count == 7)
            let later = Timestamp.start.adding(1)
            #expect(try await store.collectDocuments(2, now: later))
            // Seen by a clock that is behind: what is left shows how many are gone.
            #expect(try await store.names().count == 5)
            #expect(try await store.collectDocuments(2, now: later))
            #expect(try await !store.collectDocuments(2, now: later))
            #expect(try await store.names() == ["kept", "young"])
            #expect(try await !store.collectDocuments(2, now: later))
        }
    }

    @Test("documents are counted for each owner, up to a limit", arguments: StoreUnderTest.all)
    func counted(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let team = try ProjectID.named("team")
            for number in 0..<5 {
                #expect(try await store.insert(.of("x\(number)", expires: .start.adding(1)), now: .start))
            }
            #expect(try await store.insert(.of("x", in: "jobs."), now: .start))
            #expect(try await store.documentCount(.lease, of: team, in: "jobs", limit: 10) == 5)
            #expect(try await store.documentCount(.lease, of: team, in: "jobs", limit: 3) == 3)
            #expect(try await store.documentCount(.lease, of: team, in: "jobs", limit: 0) == 0)
            #expect(try await store.documentCount(.lease, of: team, in: "job", limit: 10) == 0)
            #expect(try await store.documentCount(.subscriber, of: team, in: "jobs", limit: 10) == 0)
            #expect(try await !store.collectDocuments(10, now: .start.adding(1)))
            #expect(try await store.documentCount(.lease, of: team, in: "jobs", limit: 10) == 0)
        }
    }

    @Test("documents survive a shutdown", arguments: StoreUnderTest.all)
    func durability(store: StoreUnderTest) async throws {
        try await store.withPlace { directory async throws in
            let first = try await store.open(directory)
            let kept = try Document.of("kept", content: "é", expires: .start.adding(5))
            #expect(try await first.insert(kept, now: .start))
            #expect(try await first.insert(.of("gone"), now: .start))
            #expect(try await first.removeDocument(.of("gone"), version: 1, now: .start))
            await first.shutdown()
            let second = try await store.open(directory)
            #expect(try await second.documents(.lease, of: .named("team"), in: "jobs", after: "", limit: 9, now: .start) == [kept])
            #expect(try await second.document(kept.key, now: .start.adding(5)) == nil)
            await second.shutdown()
        }
    }

    @Test("of nodes that share a store one takes a lease", arguments: StoreUnderTest.all.filter { $0.name != "sqlite" })
    func nodes(store: StoreUnderTest) async throws {
        try await store.withPlace { directory async throws in
            var nodes: [any Store] = []
            for _ in 0..<3 { nodes.append(try await store.open(directory)) }
            for round in 0..<10 {
                let now = Timestamp.start.adding(Int64(round) * 10)
                let lease = try Document.of("turn", expires: now.adding(10))
                let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<9 {
                        group.addTask { [node = nodes[number % 3]] in try await node.insert(lease, now: now) }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(won == 1)
            }
            for node in nodes { await node.shutdown() }
        }
    }
}
