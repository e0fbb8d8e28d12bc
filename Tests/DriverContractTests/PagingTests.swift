import TestSupport
import Testing
import WeirDomain

@Suite("Paging") struct PagingTests {
    @Test("pages follow each other without gap or overlap", arguments: DriverUnderTest.all, [1, 3, 10])
    func pagesJoin(driver: DriverUnderTest, limit: Int) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 17)
            var seen: [String] = []
            var after = MessageSequence.start
            while let page = try await Optional(queue.list(after: after, limit: limit)), let last = page.last
            {
                #expect(page.count <= limit)
                seen += page.texts
                try #require(seen.count <= 17, "the pages never end")
                after = last.sequence
            }
            #expect(seen == (1...17).map(String.init))
        }
    }

    @Test("the limit counts what passes the filter", arguments: DriverUnderTest.all)
    func limitComesAfterFilter(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 5)
            #expect(try await queue.claim(3).delivered.count == 3)
            try await queue.post("mine", from: .other)
            try await queue.post("later", delay: 30)
            try await queue.post("brief", ttl: 1)
            try await queue.post("last")
            queue.clock.advance(seconds: 2)
            #expect(try await queue.list(limit: 2).texts == ["4", "5"])
            #expect(try await queue.list(limit: 3, hiding: .other).texts == ["4", "5", "last"])
            #expect(try await queue.list(limit: 9, hiding: .producer).texts == ["mine"])
        }
    }

    @Test("claimed and delayed messages show only when asked for", arguments: DriverUnderTest.all)
    func filters(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("claimed", "free")
            try await queue.post("delayed", delay: 30)
            _ = try await queue.claim()
            #expect(try await queue.list().texts == ["free"])
            #expect(try await queue.list(claimed: true).texts == ["claimed", "free"])
            #expect(try await queue.list(delayed: true).texts == ["free", "delayed"])
            #expect(try await queue.everything().texts == ["claimed", "free", "delayed"])
        }
    }

    @Test("a client's own messages can be hidden", arguments: DriverUnderTest.all)
    func hidesOwn(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a", "b")
            try await queue.post("c", from: .other)
            #expect(try await queue.list(hiding: .producer).texts == ["c"])
            #expect(try await queue.list(hiding: .other).texts == ["a", "b"])
            #expect(try await queue.list(hiding: ClientID("nobody-at-all")).texts == ["a", "b", "c"])
        }
    }

    @Test("listing changes nothing", arguments: DriverUnderTest.all)
    func listingIsPure(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 3)
            let first = try await queue.list()
            #expect(try await queue.list() == first)
            #expect(try await queue.claim(3).delivered.ids == first.ids)
        }
    }

    @Test("a page of nothing is empty", arguments: DriverUnderTest.all)
    func zeroLimit(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 3)
            #expect(try await queue.list(limit: 0).isEmpty)
        }
    }

    @Test("markers at the ends of the number range work", arguments: DriverUnderTest.all)
    func extremeMarkers(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a", "b")
            for after in [Int64.min, -1, 0] {
                #expect(try await queue.list(after: MessageSequence(after)).texts == ["a", "b"])
            }
            for after in [2, 3, Int64.max - 1, Int64.max] {
                #expect(try await queue.list(after: MessageSequence(after)).isEmpty)
            }
        }
    }

    @Test("ids of any sequence can be asked for", arguments: DriverUnderTest.all)
    func extremeIDs(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("a", "b")
            for sequence in [Int64.min, -1, 0, 3, Int64.max - 1, Int64.max] {
                let id = MessageID(sequence: MessageSequence(sequence), nonce: 9)
                #expect(try await queue.message(id) == nil)
                #expect(try await queue.delete(id) == .missing)
                #expect(try await queue.position(of: id).value == sequence)
            }
            #expect(try await queue.list().texts == ["a", "b"])
        }
    }

    @Test("an id is a position even after its message is gone", arguments: DriverUnderTest.all)
    func goneMessagesKeepTheirPlace(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b", "c")
            let place = try await queue.position(of: ids[1])
            #expect(place.value == 2)
            _ = try await queue.delete(ids[1])
            let after = try await queue.position(of: ids[1])
            #expect(after == place)
            #expect(try await queue.list(after: after).texts == ["c"])
        }
    }
}
