import TestSupport
import Testing
import WeirDomain

/// A client's own messages are hidden from its listings, however many of them lie in between.
@Suite("Hiding") struct HidingTests {
    @Test("others' messages are found among thousands of one's own", arguments: DriverUnderTest.all, [3, 100])
    func fewAmongMany(driver: DriverUnderTest, limit: Int) async throws {
        try await driver.withQueue { queue in
            var expected: [String] = []
            for round in 1...8 {
                try await queue.post(count: 400)
                for client in [ClientID.other, ClientID("a name"), ClientID("fifteen letters")] {
                    let text = "round \(round) by \(client.value)"
                    try await queue.post(text, from: client)
                    expected.append(text)
                }
            }
            try await queue.post("claimed", from: .other)
            #expect(try await queue.claim(8 * 403 + 1).delivered.count == 8 * 403 + 1)
            #expect(try await queue.list(hiding: .producer).isEmpty)
            #expect(try await pages(of: queue, limit, claimed: true) == expected + ["claimed"])
        }
    }

    @Test("more writers than are looked up one by one are all found", arguments: DriverUnderTest.all)
    func manyWriters(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post(count: 1500)
            for number in 0..<300 { try await queue.post("\(number)", from: ClientID("writer \(number)")) }
            try await queue.post(count: 10)
            #expect(try await pages(of: queue, 50, claimed: false) == (0..<300).map(String.init))
        }
    }

    @Test("the writer of a message comes back as it was", arguments: DriverUnderTest.all)
    func writers(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let names = [
                "11111111-1111-1111-1111-11111111111a", "11111111-1111-1111-1111-11111111111A", "fourteen chars",
                "fifteen letters", "sixteen letters.", "seventeen letters", "ünïcödé näme", "x",
            ]
            for name in names { try await queue.post(name, from: ClientID(name)) }
            #expect(try await queue.everything().map(\.client.value) == names)
            for name in names {
                #expect(try await queue.list(hiding: ClientID(name)).texts == names.filter { $0 != name })
            }
        }
    }

    private func pages(of queue: QueueUnderTest, _ limit: Int, claimed: Bool) async throws -> [String] {
        var seen: [String] = []
        var after = MessageSequence.start
        while let page = try await Optional(
            queue.list(after: after, limit: limit, hiding: .producer, claimed: claimed)), let last = page.last
        {
            #expect(page.count <= limit)
            seen += page.texts
            after = last.sequence
        }
        return seen
    }
}
