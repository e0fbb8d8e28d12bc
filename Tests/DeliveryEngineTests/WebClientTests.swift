import DeliveryEngine
import Glibc
import TestSupport
import Testing
import WeirDomain

/// Names that lead to this machine, or nowhere.
private struct Here: NameService {
    func addresses(of name: String, for project: ProjectID?) async throws(DeliveryFailure) -> [IPAddress] {
        name == "here.example" ? [.v4(0x7F00_0001)] : []
    }
}

@Suite("Requests to subscribers") struct WebClientTests {
    private func client(concurrency: Int = 8) throws -> WebClient {
        let rule = AddressRule(allowing: [try #require(AddressRange("127.0.0.0/8"))])
        return WebClient(concurrency: concurrency, names: Here(), rule: rule) { OwnPlaces(machine: []) }
    }

    @Test("a request is what it was asked to be, under the host's name, and no more than that")
    func request() async throws {
        let server = try LocalServer { _ in LocalServer.answering(200) }
        let client = try client()
        #expect(Surroundings.areSet)
        let headers = [
            try DeliveryHeader(name: "X-Empty", value: ""), try DeliveryHeader(name: "Content-Type", value: "text/x"),
        ]
        let answer = try await client.post(
            "http://here.example:\(server.port)/a/../b?c=%2F#d", headers: headers, body: "hello")
        #expect(answer.status == 200 && answer.body == Array("ok".utf8))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /a/../b?c=%2F HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\nhello"))
        let names = request.split(separator: "\r\n").dropFirst().compactMap {
            $0.split(separator: ":").first.map(String.init)
        }
        #expect(Set(names.dropLast()) == ["Host", "Accept", "X-Empty", "Content-Type", "Content-Length"])
        #expect(request.contains("\r\nHost: here.example:\(server.port)\r\n"))
        await client.shutdown()
        server.stop()
    }

    @Test("statuses are answers, whatever they say", arguments: [204, 302, 404, 429, 500, 503])
    func statuses(status: Int) async throws {
        let server = try LocalServer { _ in "HTTP/1.1 \(status) X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" }
        let client = try client()
        #expect(try await client.post("http://127.0.0.1:\(server.port)/").status == status)
        await client.shutdown()
        server.stop()
    }

    @Test("an answer without end is read up to the bound")
    func endless() async throws {
        let flood = String(repeating: "x", count: 1_000_000)
        let server = try LocalServer { _ in "HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n\(flood)" }
        let client = try client()
        let answer = try await client.post("http://127.0.0.1:\(server.port)/")
        #expect(answer.status == 200 && answer.body.count == Limits.deliveryAnswerBytes)
        await client.shutdown()
        server.stop()
    }

    @Test(
        "what is no web server, or hangs up, is a failure that may pass",
        arguments: ["", "\u{1}\u{2}garbage\r\n\r\n", "SSH-2.0-x\r\n"])
    func garbage(answer: String) async throws {
        let server = try LocalServer { _ in answer }
        let client = try client()
        let failure = await #expect(throws: DeliveryFailure.self) {
            try await client.post("http://127.0.0.1:\(server.port)/")
        }
        guard case .unreachable = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        await client.shutdown()
        server.stop()
    }

    @Test("a closed port is a failure that may pass, and so is a name without addresses")
    func closed() async throws {
        let server = try LocalServer { _ in LocalServer.answering(200) }
        server.stop()
        let client = try client()
        await #expect(throws: DeliveryFailure.self) { try await client.post("http://127.0.0.1:1/") }
        await #expect(throws: DeliveryFailure.self) { try await client.post("http://nowhere.example/") }
        await client.shutdown()
    }

    @Test("a server without a certificate that is trusted gets no request")
    func untrusted() async throws {
        let server = try LocalServer { _ in LocalServer.answering(200) }
        let client = try client()
        await #expect(throws: DeliveryFailure.self) {
            try await client.post("https://127.0.0.1:\(server.port)/", body: "secret")
        }
        #expect(server.requests.allSatisfy { !$0.contains("secret") })
        await client.shutdown()
        server.stop()
    }

    @Test("hundreds of requests at a time pass through few places")
    func many() async throws {
        let server = try LocalServer { _ in LocalServer.answering(200) }
        let client = try client(concurrency: 4)
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<300 { group.addTask { try await client.post("http://127.0.0.1:\(server.port)/").status } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 300))
        await client.shutdown()
        server.stop()
    }

    @Test("a request that hangs keeps no other from its answer, and ends with the client")
    func hanging() async throws {
        let deaf = try LocalServer { _ in nil }
        let server = try LocalServer { _ in LocalServer.answering(200) }
        // A machine that was busy for as long as an attempt may take has shown nothing: once more.
        let timeout = DeliveryFailure.unreachable("Timeout was reached")
        var end: DeliveryFailure? = timeout
        for _ in 0..<10 where end == timeout { end = try await endOfHanging(deaf, server) }
        #expect(end == .unreachable("this node stops"))
        for each in [deaf, server] { each.stop() }
    }

    /// How a request without an answer ends when its client does, and another was answered meanwhile.
    private func endOfHanging(_ deaf: LocalServer, _ server: LocalServer) async throws -> DeliveryFailure? {
        let client = try client()
        let before = deaf.requests.count
        let hanging = Task { try await client.post("http://127.0.0.1:\(deaf.port)/") }
        while deaf.requests.count == before { await Task.yield() }
        #expect(try await client.post("http://127.0.0.1:\(server.port)/").status == 200)
        await client.shutdown()
        do {
            _ = try await hanging.value
            return nil
        } catch {
            return error as? DeliveryFailure
        }
    }
}
