import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing
import WeirWebSocket

/// A connection on a channel without a network, whose clock is turned by hand.
struct TestConnection {
    let channel = NIOAsyncTestingChannel()
    let connection: SocketConnection
    let head: String

    init(_ change: (inout SocketTerms) -> Void = { _ in }) async throws {
        var terms = SocketTerms()
        terms.messageBytes = 1000
        change(&terms)
        connection = SocketConnection(terms, SocketCounters())
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        let handshake = try #require(try SocketHandshake(Self.request(), origins: []))
        try await SocketUpgrade.begin(connection, handshake, on: channel)
        let sent = try #require(try await channel.readOutbound(as: ByteBuffer.self))
        head = String(buffer: sent)
    }

    static func request(_ changes: [String: String?] = [:]) -> HTTPRequestHead {
        var headers: HTTPHeaders = [
            "Host": "weir.example:8888", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade",
            "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        ]
        for (name, value) in changes {
            headers.remove(name: name)
            if let value { headers.add(name: name, value: value) }
        }
        return HTTPRequestHead(version: .http1_1, method: .GET, uri: "/any/path", headers: headers)
    }

    /// A frame as a client sends it.
    static func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true) -> ByteBuffer {
        var bytes: [UInt8] = [first]
        let flag: UInt8 = isMasked ? 0x80 : 0
        if payload.count < 126 {
            bytes.append(flag | UInt8(payload.count))
        } else {
            bytes += [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        }
        let key: [UInt8] = [1, 2, 3, 4]
        guard isMasked else { return ByteBuffer(bytes: bytes + payload) }
        return ByteBuffer(bytes: bytes + key + payload.enumerated().map { $1 ^ key[$0 % 4] })
    }

    func send(_ first: UInt8, _ text: String, isMasked: Bool = true) async throws {
        try await channel.writeInbound(Self.frame(first, Array(text.utf8), isMasked: isMasked))
    }

    /// The bytes that were sent since the last look.
    func sent() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = try await channel.readOutbound(as: ByteBuffer.self) { bytes += part.readableBytesView }
        return bytes
    }

    func advance(seconds: Int64) async {
        await channel.testingEventLoop.advanceTime(by: .seconds(seconds))
    }

    /// Lets the loop run what was handed to it.
    func settle() async {
        await channel.testingEventLoop.run()
    }

    var isActive: Bool { channel.isActive }
}

@Suite("A connection's channel")
struct SocketChannelTests {
    @Test("the upgrade is answered with what the key demands")
    func upgrade() async throws {
        let test = try await TestConnection()
        #expect(test.head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
        // The sample of RFC 6455, section 1.3.
        #expect(test.head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        #expect(test.head.hasSuffix("\r\n\r\n"))
    }

    @Test("messages arrive whole, in whatever fragments they come, and answers leave as frames")
    func messages() async throws {
        let test = try await TestConnection()
        var messages = test.connection.messages.makeAsyncIterator()
        try await test.send(0x81, "whole")
        #expect(await messages.next() == SocketMessage(isText: true, payload: ByteBuffer(string: "whole")))
        test.connection.answer(.reply(SocketMessage(isText: true, payload: ByteBuffer(string: "yes"))))
        await test.settle()
        #expect(try await test.sent() == [0x81, 3] + Array("yes".utf8))
        try await test.send(0x02, "in ")
        try await test.send(0x89, "?")
        try await test.send(0x00, "three ")
        try await test.send(0x80, "parts")
        #expect(await messages.next() == SocketMessage(isText: false, payload: ByteBuffer(string: "in three parts")))
        #expect(try await test.sent() == [0x8A, 1] + Array("?".utf8))
        test.connection.answer(.reply(SocketMessage(isText: false, payload: ByteBuffer(string: "yes"))))
        await test.settle()
        #expect(try await test.sent() == [0x82, 3] + Array("yes".utf8))
    }

    @Test(
        "what breaks the protocol closes with its code, and no byte after it counts",
        arguments: [
            (TestConnection.frame(0x81, [1], isMasked: false), 1002), (TestConnection.frame(0xC1, [1]), 1002),
            (TestConnection.frame(0x88, [0x03]), 1002), (TestConnection.frame(0x88, [0x03, 0xED]), 1002),
            (TestConnection.frame(0x88, [0x03, 0xE8, 0xFF]), 1002), (TestConnection.frame(0x83, [1]), 1002), (TestConnection.frame(0x80, [1]), 1002),
            (TestConnection.frame(0x09, [1]), 1002), (TestConnection.frame(0x89, [UInt8](repeating: 1, count: 126)), 1002),
            (TestConnection.frame(0x81, [UInt8](repeating: 1, count: 1001)), 1009),
        ] as [(ByteBuffer, UInt16)])
    func broken(frame: ByteBuffer, code: UInt16) async throws {
        let test = try await TestConnection()
        _ = try? await test.channel.writeInbound(frame)
        let sent = try await test.sent()
        #expect(sent.first == 0x88)
        #expect(sent.count > 4 && sent[2...3].elementsEqual([UInt8(code >> 8), UInt8(code & 0xFF)]))
        _ = try? await test.send(0x81, "{}")
        _ = try? await test.channel.writeInbound(ByteBuffer(bytes: [UInt8](repeating: 0xFF, count: 1000)))
        #expect(try await test.sent() == [])
        #expect(test.isActive)
        await test.advance(seconds: 3)
        #expect(!test.isActive)
        var messages = test.connection.messages.makeAsyncIterator()
        #expect(await messages.next() == nil)
    }

    @Test("fragments are bounded together")
    func tooManyFragments() async throws {
        let test = try await TestConnection()
        try await test.send(0x01, String(repeating: "a", count: 600))
        try await test.send(0x00, String(repeating: "b", count: 600))
        let sent = try await test.sent()
        #expect(sent.prefix(1) == [0x88] && sent[2...3].elementsEqual([0x03, 0xF1]))
    }

    @Test("a close is answered with its code and ends the requests")
    func close() async throws {
        let test = try await TestConnection()
        try await test.channel.writeInbound(TestConnection.frame(0x88, [0x03, 0xE8, 0x62, 0x79, 0x65]))
        #expect(try await test.sent() == [0x88, 2, 0x03, 0xE8])
    }

    @Test("a silent connection is pinged, then cut")
    func silence() async throws {
        let test = try await TestConnection()
        await test.advance(seconds: 30)
        #expect(try await test.sent() == [0x89, 0])
        try await test.send(0x8A, "")
        await test.advance(seconds: 29)
        #expect(try await test.sent() == [])
        await test.advance(seconds: 1)
        #expect(try await test.sent() == [0x89, 0])
        await test.advance(seconds: 20)
        #expect(!test.isActive)
    }

    @Test("pushes wait until the client takes what was sent, and end with the connection")
    func pushes() async throws {
        let test = try await TestConnection()
        let push = SocketMessage(isText: true, payload: ByteBuffer(string: "news"))
        async let first = test.connection.push(push)
        while try await test.sent().isEmpty {
            await test.settle()
            await Task.yield()
        }
        #expect(await first)
        try await test.channel.close().get()
        #expect(await test.connection.push(push) == false)
    }

    @Test("a stopping service says so")
    func quiesce() async throws {
        let test = try await TestConnection()
        test.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        await test.settle()
        let sent = try await test.sent()
        #expect(sent.prefix(1) == [0x88] && sent[2...3].elementsEqual([0x03, 0xE9]))
    }
}

@Suite("The handshake")
struct SocketHandshakeTests {
    private func status(_ changes: [String: String?], origins: [String] = []) -> Int? {
        do throws(SocketHandshake.Refusal) {
            return try SocketHandshake(TestConnection.request(changes), origins: origins) == nil ? nil : 101
        } catch {
            return error.status.code
        }
    }

    @Test("a request that asks for nothing of the kind is none", arguments: [nil, "h2c", "websockets"])
    func other(upgrade: String?) {
        #expect(status(["Upgrade": upgrade]) == nil)
    }

    @Test("what is wrong is refused by its name")
    func refused() {
        #expect(status([:]) == 101)
        #expect(status(["Upgrade": "h2c, WebSocket"]) == 101)
        #expect(status(["Connection": "keep-alive"]) == 400)
        #expect(status(["Sec-WebSocket-Version": "8"]) == 426)
        #expect(status(["Sec-WebSocket-Version": nil]) == 426)
        #expect(status(["Sec-WebSocket-Key": nil]) == 400)
        #expect(status(["Sec-WebSocket-Key": "short"]) == 400)
        #expect(status(["Content-Length": "1"]) == 400)
        #expect(status(["Content-Length": "0"]) == 101)
    }

    @Test("pages of other sites need the operator's leave")
    func origins() {
        #expect(status(["Origin": "http://weir.example:8888"]) == 101)
        #expect(status(["Origin": "https://WEIR.example:8888"]) == 101)
        #expect(status(["Origin": "http://weir.example"]) == 403)
        #expect(status(["Origin": "http://evil.example"]) == 403)
        #expect(status(["Origin": "null"]) == 403)
        #expect(status(["Origin": "http://evil.example"], origins: ["http://good.example"]) == 403)
        #expect(status(["Origin": "http://good.example"], origins: ["http://good.example"]) == 101)
        #expect(status(["Origin": "null"], origins: ["*"]) == 101)
    }
}
