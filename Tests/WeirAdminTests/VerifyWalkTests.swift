import Testing
import WeirAdmin
import WeirJSON

@Suite("Verifying") struct VerifyWalkTests {
    private func run(_ server: FakeServer) async throws -> [JSONObject] {
        try await server.serve { endpoint in
            let api = Server(HTTPConnection(endpoint: endpoint), project: "p")
            var walk = VerifyWalk(api, isRepairing: false, showsProgress: false)
            return try await walk.run()
        }
    }

    @Test("goes on to the end and keeps the findings of every step, in order")
    func steps() async throws {
        let server = FakeServer { number, _ in
            let cursor = number < 4 ? "\"step \(number)\"" : "null"
            let findings = number.isMultiple(of: 2) ? #"[{"kind": "orphan", "life": "\#(number)"}]"# : "[]"
            return .answer(
                200, #"{"findings": \#(findings), "checked": {"queues": 1, "lives": 2}, "cursor": \#(cursor)}"#)
        }
        let findings = try await run(server)
        #expect(findings.map { $0["life"] } == ["2", "4"])
        #expect(server.requests == Array(repeating: "POST /v2/verify", count: 4))
    }

    @Test("ends with what the server refuses, and does not go on")
    func refused() async throws {
        let server = FakeServer { _, _ in .answer(503, #"{"title": "Busy", "description": "later"}"#) }
        await #expect(throws: AdminFailure("Busy: later")) { try await run(server) }
        #expect(server.requests.count == 1)
    }

    @Test("an answer without findings or a cursor is not one of the API's", arguments: ["{}", #"{"cursor": null}"#, #"{"findings": []}"#])
    func foreign(body: String) async throws {
        let server = FakeServer { _, _ in .answer(200, body) }
        await #expect(throws: AdminFailure.self) { try await run(server) }
    }

    @Test("any number of queues can be counted")
    func large() async throws {
        let server = FakeServer { number, _ in
            let cursor = number < 3 ? "\"on\"" : "null"
            let most = "\(Int64.max)"
            return .answer(200, #"{"findings": [], "checked": {"queues": \#(most), "lives": \#(most)}, "cursor": \#(cursor)}"#)
        }
        #expect(try await run(server).isEmpty)
    }

    @Test("findings are counted in words")
    func words() {
        #expect(VerifyWalk.count([]) == "0 findings")
        #expect(VerifyWalk.count([[:]]) == "1 finding")
        #expect(VerifyWalk.count([[:], [:]]) == "2 findings")
    }
}
