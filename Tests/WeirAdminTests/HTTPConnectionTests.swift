import Synchronization
import Testing
import WeirAdmin
import WeirBench

@Suite("A connection to a server") struct HTTPConnectionTests {
    private func failure(_ reply: FakeReply, timeout: Int64 = 60) async throws -> AdminFailure? {
        try await FakeServer { _, _ in reply }.serve { endpoint in
            let connection = HTTPConnection(endpoint: endpoint, timeoutSeconds: timeout)
            do throws(AdminFailure) {
                _ = try await connection.send("GET", "/", headers: [])
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("is kept for the next request")
    func kept() async throws {
        let server = FakeServer { number, _ in .answer(200, "{\"number\": \(number)}") }
        let bodies = try await server.serve { endpoint in
            let connection = HTTPConnection(endpoint: endpoint)
            var bodies: [String] = []
            for path in ["/a", "/b", "/c"] {
                let answer = try await connection.send("PUT", path, headers: [("X-A", "1")], body: Array("{}".utf8))
                bodies.append(String(decoding: answer.body, as: UTF8.self))
            }
            return bodies
        }
        #expect(bodies == ["{\"number\": 1}", "{\"number\": 2}", "{\"number\": 3}"])
        #expect(server.requests == ["PUT /a", "PUT /b", "PUT /c"] && server.connections == 1)
    }

    @Test("is opened anew after the server closed it")
    func reopened() async throws {
        let server = FakeServer { number, _ in number == 1 ? .hangUp : .answer(204) }
        try await server.serve { endpoint in
            let connection = HTTPConnection(endpoint: endpoint)
            await #expect(throws: AdminFailure.self) { try await connection.send("GET", "/", headers: []) }
            let again = try await connection.send("GET", "/", headers: [])
            #expect(again.status == 204)
        }
        #expect(server.connections == 2)
    }

    @Test("is opened anew, whoever asks how soon, after an answer that says it is closed")
    func closed() async throws {
        let server = FakeServer { _, _ in .bytes("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") }
        try await server.serve { endpoint in
            let connection = HTTPConnection(endpoint: endpoint)
            for _ in 0..<300 {
                let answer = try await connection.send("GET", "/", headers: [])
                #expect(answer.status == 200)
            }
        }
        #expect(server.connections == 300)
    }

    @Test("finds a header whatever its case")
    func header() async throws {
        let answer = try await FakeServer { _, _ in .answer(200, "x") }.serve { endpoint in
            try await HTTPConnection(endpoint: endpoint).send("GET", "/", headers: [])
        }
        #expect(answer.header("content-LENGTH") == "1" && answer.header("Location") == nil)
    }

    @Test("gives up a server that does not answer")
    func silence() async throws {
        let failure = try await failure(.silence, timeout: 1)
        #expect(failure?.message.hasSuffix("did not answer within 1 s") == true && failure?.status == 1)
    }

    @Test("says that there is no answer yet, once")
    func notice() async throws {
        let said = Mutex<[String]>([])
        try await FakeServer { _, _ in .silence }.serve { endpoint in
            let connection = HTTPConnection(endpoint: endpoint, timeoutSeconds: 1, noticeSeconds: 0) { sentence in
                said.withLock { $0.append(sentence) }
            }
            await #expect(throws: AdminFailure.self) { try await connection.send("GET", "/", headers: []) }
        }
        let sentences = said.withLock(\.self)
        #expect(sentences.count == 1 && sentences[0].contains("has not answered yet"))
    }

    @Test("says that the server hung up")
    func hangUp() async throws {
        let message = try await failure(.hangUp)?.message
        #expect(message?.hasSuffix("closed the connection without an answer") == true, "\(message ?? "no failure")")
    }

    @Test("refuses an answer that is too large, before it is there")
    func large() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(HTTPConnection.largestAnswerBytes + 1)\r\n\r\n"
        #expect(try await failure(.bytes(head))?.message.contains("more than 33554432 bytes") == true)
    }

    @Test("refuses what is not HTTP")
    func garbage() async throws {
        let failure = try await failure(.bytes("220 mail ready\r\n\r\n"))
        #expect(failure?.message.hasSuffix("did not answer in HTTP") == true)
    }

    @Test("names the reason why there is none")
    func refused() async throws {
        let connection = HTTPConnection(endpoint: try Endpoint(url: "http://127.0.0.1:1"))
        await #expect(throws: AdminFailure("cannot connect to 127.0.0.1:1: Connection refused")) {
            try await connection.send("GET", "/", headers: [])
        }
    }
}
