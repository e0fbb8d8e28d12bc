import TestSupport
import Testing
import WeirDomain

@Suite("Posting") struct PostingTests {
    static let bodies: [(name: String, bytes: [UInt8])] = [
        ("nothing at all", []),
        ("null", Array("null".utf8)),
        ("spaces inside", Array("{ \"a\" :\t1 ,\r\n \"a\":2 }".utf8)),
        ("numbers as written", Array("[1.0,1e2,-0,12345678901234567890.10]".utf8)),
        ("every kind of UTF-8", Array("\"\u{7F}é€😀\u{10FFFF}\u{FEFF}e\u{301}\"".utf8)),
        ("escapes", Array(#""\u0000\ud83d\ude00\/\"'%s\\""#.utf8)),
        ("200 KiB", [34] + Array(repeating: 120, count: 200 * 1024 - 2) + [34]),
        ("200 KiB of three-byte characters", [34] + (0..<68_000).flatMap { _ in Array("€".utf8) } + [34]),
    ]

    @Test("a body comes back byte for byte", arguments: DriverUnderTest.all)
    func bodiesAreExact(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            for body in Self.bodies {
                let new = NewMessage(nonce: 7, body: MessageBody(body.bytes), ttl: 60, delay: 0)
                let id = try await queue.post([new])[0]
                #expect(try await queue.message(id)?.body.bytes == body.bytes, "\(body.name), by id")
                #expect(try await queue.list().last?.body.bytes == body.bytes, "\(body.name), listed")
                #expect(
                    try await queue.claim().delivered.first?.body.bytes == body.bytes, "\(body.name), claimed"
                )
            }
        }
    }

    @Test("bodies of every size up to a few hundred bytes are exact", arguments: DriverUnderTest.all)
    func sizesAreExact(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let bodies = (0...300).map { size in (0..<size).map { UInt8(32 + $0 % 90) } }
            try await queue.post(
                bodies.map { NewMessage(nonce: 1, body: MessageBody($0), ttl: 60, delay: 0) })
            #expect(try await queue.list().map(\.body.bytes) == bodies)
            #expect(try await queue.pop(301).map(\.body.bytes) == bodies)
        }
    }

    @Test("a message shows what it was posted with", arguments: DriverUnderTest.all)
    func fieldsAreKept(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let new = NewMessage(nonce: 0xFEDC_BA98_7654_3210, body: MessageBody("hello"), ttl: 90, delay: 20)
            let ids = try await queue.post([new], from: .other)
            let now = queue.now
            let expected = Message(
                id: MessageID(sequence: MessageSequence(1), nonce: new.nonce), sequence: MessageSequence(1),
                body: new.body, ttl: 90, created: now, expires: now.adding(seconds: 90),
                delayedUntil: now.adding(seconds: 20), client: .other, claim: nil,
                claimedUntil: Timestamp(milliseconds: 0), claimCount: 0)
            #expect(ids == [expected.id])
            #expect(try await queue.message(expected.id) == expected)
            #expect(try await queue.everything() == [expected])
        }
    }

    @Test("any nonce makes an id that is found again", arguments: DriverUnderTest.all)
    func everyNonceWorks(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let nonces: [UInt64] = [0, 1, .max, 1 << 63, .max >> 1, 0x0A0D_0000_2522_2700]
            let ids = try await queue.post(
                nonces.map { NewMessage(nonce: $0, body: MessageBody("n"), ttl: 60, delay: 0) })
            #expect(ids.map(\.nonce) == nonces)
            #expect(ids.map(\.sequence.value) == [1, 2, 3, 4, 5, 6])
            #expect(try await queue.messages(ids).ids == ids)
        }
    }

    @Test("the same nonce twice still gives two messages", arguments: DriverUnderTest.all)
    func noncesMayRepeat(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let new = NewMessage(nonce: 5, body: MessageBody("twin"), ttl: 60, delay: 0)
            let ids = try await queue.post([new, new]) + queue.post([new])
            #expect(Set(ids).count == 3)
            #expect(try await queue.list().ids == ids)
        }
    }

    @Test("posting nothing stores nothing", arguments: DriverUnderTest.all)
    func emptyPost(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let posted = try await queue.post([NewMessage]())
            #expect(posted.isEmpty)
            #expect(try await queue.lastSequence() == 0)
            #expect(try await queue.stats() == .empty)
        }
    }

    @Test("one operation may post many messages", arguments: DriverUnderTest.all)
    func largePost(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post(count: 3000)
            #expect(ids.map(\.sequence.value) == Array(1...3000))
            #expect(try await queue.list().texts == (1...3000).map(String.init))
        }
    }

    @Test("client ids are kept as they are", arguments: DriverUnderTest.all)
    func clientsAreExact(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            for client in ["plain-text-1", "Ünïcode 'quoted' \"id\"", "3381AF92-2B9E-11E3-B191-71861300734C"]
            {
                let id = try await queue.post([.saying("x")], from: ClientID(client))[0]
                #expect(try await queue.message(id)?.client.value == client)
            }
        }
    }

    @Test(
        "ids are looked up in the order asked for, and unknown ones are left out",
        arguments: DriverUnderTest.all)
    func looksUpInOrder(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("a", "b", "c")
            let asked = [ids[2], .unknown(), ids[0], ids[1]]
            let found = try await queue.messages(asked)
            #expect(found.texts == ["c", "a", "b"])
            #expect(try await queue.messages([]).isEmpty)
        }
    }

    @Test("an id with the right sequence and another nonce names nothing", arguments: DriverUnderTest.all)
    func nonceIsCompared(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("a")[0]
            let forged = MessageID(sequence: id.sequence, nonce: id.nonce ^ 1)
            #expect(try await queue.message(forged) == nil)
            #expect(try await queue.delete(forged) == .missing)
            #expect(try await queue.delete([forged]) == .deleted)
            #expect(try await queue.list().texts == ["a"])
        }
    }
}
