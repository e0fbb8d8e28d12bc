import Testing
import WeirAdmin
import WeirJSON

@Suite("What a server answers") struct ServerTests {
    private func outcome(_ status: Int, _ body: String) async throws -> Result<JSONValue, AdminFailure> {
        try await FakeServer { _, _ in .answer(status, body) }.serve { endpoint in
            do throws(AdminFailure) {
                return .success(
                    try await Server(HTTPConnection(endpoint: endpoint), project: "p").get("/v2/pools/a"))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test(
        "a refusal is its title and description, and one thing that is missing has a status of its own",
        arguments: [
            (400, #"{"title": "Bad", "description": "uri: no"}"#, "Bad: uri: no", 1),
            (404, #"{"title": "Not found", "description": "Pool 'a'."}"#, "Not found: Pool 'a'.", 3),
            (404, #"{"title": "404 Not Found"}"#, "the server refuses GET /v2/pools/a: 404 Not Found", 1),
            (500, "<html>", "the server refuses GET /v2/pools/a: HTTP status 500", 1),
            (503, "", "the server refuses GET /v2/pools/a: HTTP status 503", 1),
            (304, "", "the server refuses GET /v2/pools/a: HTTP status 304", 1),
        ] as [(Int, String, String, Int32)])
    func refusal(status: Int, body: String, message: String, exit: Int32) async throws {
        #expect(try await outcome(status, body) == .failure(AdminFailure(message, status: exit)))
    }

    @Test("a body is JSON, or it is a failure")
    func body() async throws {
        #expect(try await outcome(200, #"{"a": 1}"#) == .success(["a": 1]))
        guard case .failure(let failure) = try await outcome(200, "{") else {
            Issue.record("half a document was taken")
            return
        }
        #expect(failure.message.hasPrefix("the server's answer cannot be read"))
    }

    @Test("a redirect is a failure that says where to")
    func redirect() async throws {
        let head = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://other/x\r\nContent-Length: 0\r\n\r\n"
        try await FakeServer { _, _ in .bytes(head) }.serve { endpoint in
            let message = "the server answered GET /v2/pools/a with a redirect to http://other/x, which is not followed"
            await #expect(throws: AdminFailure(message)) {
                try await Server(HTTPConnection(endpoint: endpoint), project: "p").get("/v2/pools/a")
            }
        }
    }

    @Test("an object without what every answer of the API has is not one of the API's")
    func foreign() async throws {
        try await FakeServer { _, _ in .answer(200, #"{"hello": "world"}"#) }.serve { endpoint in
            let server = Server(HTTPConnection(endpoint: endpoint), project: "p")
            let message = "the server's answer has no 'name': is this the address of the service?"
            await #expect(throws: AdminFailure(message)) { try await server.object("/v2/pools/a", with: "name") }
            await #expect(throws: AdminFailure.self) { try await server.pools() }
        }
    }

    @Test("a pool that is deleted while the others are looked at is left out")
    func vanishing() async throws {
        let fake = FakeServer { _, request in
            if request.hasPrefix("GET /v2/pools/b") { return .answer(404, #"{"title": "Not found", "description": "gone"}"#) }
            if request.hasPrefix("GET /v2/pools/") { return .answer(200, #"{"name": "seen"}"#) }
            return .answer(200, #"{"pools": [{"name": "a"}, {"name": "b"}, {"name": "c"}], "links": []}"#)
        }
        let pools = try await fake.serve { endpoint in
            try await Server(HTTPConnection(endpoint: endpoint), project: "p").pools()
        }
        #expect(pools.count == 2 && fake.requests.count == 4)
    }
}

@Suite("Listings") struct ListingTests {
    /// How many pages were taken, from a server whose page of a number links to that of another.
    private func walk(most: Int = 1000, _ next: @escaping @Sendable (Int) -> Int?) async throws -> Int {
        let fake = FakeServer { _, request in
            let page = request.split(separator: "=").last.flatMap { Int($0) } ?? 0
            let links = next(page).map { #"[{"rel": "next", "href": "/v2/queues?page=\#($0)"}]"# } ?? "[]"
            return .answer(200, #"{"queues": [{"name": "q"}], "links": \#(links)}"#)
        }
        var count = 0
        try await fake.serve { endpoint in
            let server = Server(HTTPConnection(endpoint: endpoint), project: "p")
            try await server.pages("/v2/queues?page=0", of: "queues", most: most) { _ in
                count += 1
                return true
            }
        }
        return count
    }

    @Test("are read to their end", arguments: [1, 2, 3, 7, 40])
    func whole(pages: Int) async throws {
        #expect(try await walk { $0 + 1 < pages ? $0 + 1 : nil } == pages)
    }

    @Test("that go in a circle are cut off, wherever it begins and however long it is", arguments: 0..<5, 1..<6)
    func circle(start: Int, length: Int) async throws {
        await #expect(throws: AdminFailure.self) {
            try await walk { $0 + 1 < start + length ? $0 + 1 : start }
        }
    }

    @Test("that never end are cut off")
    func endless() async throws {
        await #expect(throws: AdminFailure("the listing does not end: it has more than 20 pages")) {
            try await walk(most: 20) { $0 + 1 }
        }
    }
}
