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
}
