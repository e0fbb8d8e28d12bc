import Testing
import WeirDomain
import WeirStorage

@Suite("Documents") struct DocumentTests {
    @Test("what is inserted is found, whole, as version 1", arguments: StoreUnderTest.all)
    func inserted(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let content = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
            for end in [nil, Timestamp.start.adding(1), Timestamp(milliseconds: 1 << 50)] {
                var document = try Document.of("x\(end?.milliseconds ?? 0)", expires: end)
                document.content = content
                document.version = 7
                #expect(try await store.insert(document, now: .start))
                document.version = 1
                #expect(try await store.document(document.key, now: .start) == document)
            }
            let empty = Document(key: try .of("empty"), content: [])
            #expect(try await store.insert(empty, now: .start))
            #expect(try await store.document(empty.key, now: .start) == empty)
            #expect(try await store.document(.of("other"), now: .start) == nil)
        }
    }

    @Test("the largest document is stored and listed", arguments: StoreUnderTest.all)
    func large(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            var all: [Document] = []
            for name in ["a", "b"] {
                let document = Document(
                    key: try .of(name), content: [UInt8](repeating: 0, count: Limits.documentBytes))
                #expect(try await store.insert(document, now: .start))
                all.append(document)
            }
            #expect(try await store.documents(.lease, of: .named("team"), in: "jobs", after: "", limit: 9, now: .start) == all)
        }
    }

    @Test("there is one of a key, and the first stays", arguments: StoreUnderTest.all)
    func exists(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let first = try Document.of("x", content: "1", expires: .start.adding(10))
            #expect(try await store.insert(first, now: .start))
            #expect(try await !store.insert(.of("x", content: "2"), now: .start.adding(9)))
            #expect(try await store.document(first.key, now: .start) == first)
        }
    }

    @Test("keys that differ anywhere are different, whatever is in them", arguments: StoreUnderTest.all)
    func keys(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let texts = ["a", "a ", "a:", "a\u{0}", "a\u{0}a", "a:a", "1:a", "é", "e\u{301}"]
            var keys: [Document.Key] = []
            for project in texts {
                for owner in texts + [""] {
                    keys += try texts.prefix(4).map { try .of($0, in: owner, of: project, kind: .subscriber) }
                }
            }
            keys += try Document.Kind.allCases.map { try .of("n", in: "o", of: "p", kind: $0) }
            for (number, key) in keys.enumerated() {
                let document = Document(key: key, content: Array(String(number).utf8))
                #expect(try await store.insert(document, now: .start))
            }
            for (number, key) in keys.enumerated() {
                #expect(try await store.document(key, now: .start)?.content == Array(String(number).utf8))
            }
            #expect(try await store.names(.subscriber, in: "a\u{0}", of: "a") == ["a", "a\u{0}", "a ", "a:"])
            #expect(try await store.names(.lease, in: "o", of: "p") == ["n"])
            let hidden = Document.Key(kind: .lease, project: .hidden(.outbox), owner: "", name: "n")
            #expect(try await store.insert(Document(key: hidden, content: []), now: .start))
            #expect(try await store.document(hidden, now: .start)?.key == hidden)
        }
    }

    // MARK: Changing

    @Test("a change is stored under the next version, and may take away or set the end", arguments: StoreUnderTest.all)
    func replaced(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            var document = try Document.of("x", expires: .start.adding(5))
            #expect(try await store.insert(document, now: .start))
            for end in [nil, Timestamp.start.adding(9), .start.adding(3)] {
                document.content = Array("\(document.version)".utf8)
                document.expires = end
                #expect(try await store.replace(document, now: .start))
                document.version += 1
                #expect(try await store.document(document.key, now: .start) == document)
                #expect(try await !store.collectDocuments(100, now: .start))
            }
            #expect(try await store.document(document.key, now: .start.adding(3)) == nil)
        }
    }

    @Test("a change of another version, or of what is not there, does nothing", arguments: StoreUnderTest.all)
    func otherVersion(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let document = try Document.of("x", expires: .start.adding(5))
            #expect(try await !store.replace(document, now: .start))
            #expect(try await store.insert(document, now: .start))
            for version in [Int64(0), 2, -1, .max] {
                let other = Document(key: document.key, content: [1], version: version)
                #expect(try await !store.replace(other, now: .start))
                #expect(try await !store.removeDocument(document.key, version: version, now: .start))
            }
            #expect(try await !store.replace(document, now: .start.adding(5)), "its time is over")
            #expect(try await store.document(document.key, now: .start) == document)
        }
    }

    @Test("of many who change what they saw exactly one does, and nothing is lost", arguments: StoreUnderTest.all)
    func race(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let key = try Document.Key.of("x")
            #expect(try await store.insert(Document(key: key, content: [0]), now: .start))
            let changes = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        var done = 0
                        for _ in 0..<5 {
                            guard var document = try await store.document(key, now: .start) else { return done }
                            document.content[0] += 1
                            if try await store.replace(document, now: .start) { done += 1 }
                        }
                        return done
                    }
                }
                return try await group.reduce(0, +)
            }
            let last = try #require(try await store.document(key, now: .start))
            #expect(changes > 0 && last.content == [UInt8(changes)] && last.version == Int64(changes) + 1)
        }
    }

    @Test("of many who insert one document exactly one does", arguments: StoreUnderTest.all)
    func insertionRace(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            let key = try Document.Key.of("x")
            let won = try await withThrowingTaskGroup(of: UInt8?.self) { group in
                for number in UInt8(0)..<32 {
                    group.addTask {
                        try await store.insert(Document(key: key, content: [number]), now: .start) ? number : nil
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }.compactMap { $0 }
            }
            #expect(won.count == 1)
            #expect(try await store.document(key, now: .start)?.content == won)
        }
    }

    // MARK: Removing

    @Test("a document is removed once, whatever its version or only with the right one", arguments: StoreUnderTest.all)
    func removed(store: StoreUnderTest) async throws {
        try await store.withStore { store async throws in
            for version in [nil, Int64(1)] {
                let document = try Document.of("x", expires: .start.adding(5))
                #expect(try await !store.removeDocument(document.key, version: version, now: .start))
                #expect(try await store.insert(document, now: .start))
                #expect(try await !store.removeDocument(document.key, version: version, now: .start.adding(5)))
                #expect(try await store.removeDocument(document.key, version: version, now: .start))
                #expect(try await store.document(document.key, now: .start) == nil)
                #expect(try await store.names().isEmpty)
            }
        }
    }
}
