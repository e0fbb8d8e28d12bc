import Testing
import WeirBench

@Suite struct LoadClientTests {
    private func run(
        _ endpoint: Endpoint, connections: Int = 4, threads: Int = 1, requests: Int = 20,
        timeout: UInt64 = 30_000_000_000
    ) async throws -> LoadTally {
        var plan = LoadPlan()
        plan.requests = requests
        plan.answerTimeout = timeout
        return try await LoadClient.withClient(of: endpoint, threads: threads) { [plan] client in
            try await client.run(connections: connections, plan: plan) { _ in
                let writer = RequestWriter(authority: "h", project: "p", clientID: "c")
                return PostScript(writer: writer, queue: "q", messages: 3, body: "1")
            }.tally
        }
    }

    @Test("the budget of requests is used up exactly, however many threads share it", arguments: [1, 2, 3])
    func budget(threads: Int) async throws {
        let tally = try await withFakeServer { _ in
            .answer(201)
        } _: { endpoint in
            try await run(endpoint, connections: 7, threads: threads, requests: 101)
        }
        #expect(tally.requests == 101)
        #expect(tally.messages == 303)
        #expect(tally.failures == 0)
        #expect(tally.latencies.maximum > 0)
    }

    @Test("connections without a share of the budget end at once")
    func moreConnectionsThanRequests() async throws {
        let tally = try await withFakeServer { _ in
            .answer(201)
        } _: { endpoint in
            try await run(endpoint, connections: 8, requests: 3)
        }
        #expect(tally.requests == 3)
    }

    @Test("an answer that arrives byte by byte counts like any other")
    func trickle() async throws {
        let tally = try await withFakeServer { _ in
            .trickle("HTTP/1.1 201 Created\r\nContent-Length: 16\r\n\r\n{\"resources\":[]}")
        } _: {
            try await run($0)
        }
        #expect(tally.requests == 20)
        #expect(tally.failures == 0)
    }

    @Test("an unexpected status is a failure under its number and the connection goes on")
    func refused() async throws {
        let tally = try await withFakeServer { _ in
            .answer(503, "{}")
        } _: {
            try await run($0)
        }
        #expect(tally.errors == ["503": 20])
        #expect(tally.requests == 0)
    }

    @Test("a chunked answer ends the connection and says why")
    func chunked() async throws {
        let tally = try await withFakeServer { _ in
            .trickle("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        } _: {
            try await run($0)
        }
        #expect(tally.errors == ["malformed": 4])
        #expect(tally.explanation?.contains("chunked") == true)
    }

    @Test("a connection closed by the server is a failure")
    func lost() async throws {
        let tally = try await withFakeServer { _ in
            .hangUp
        } _: {
            try await run($0)
        }
        #expect(tally.errors == ["lost": 4])
    }

    @Test("an answer that never comes is a failure and does not hold up the end")
    func silent() async throws {
        let tally = try await withFakeServer { _ in
            .silence
        } _: { endpoint in
            try await run(endpoint, timeout: 20_000_000)
        }
        #expect(tally.errors == ["timeout": 4])
    }

    @Test("a server that is not there is named in one line")
    func noServer() async throws {
        // A port that servers of other tests do not get.
        let closed = try Endpoint(url: "http://127.0.0.1:1")
        await #expect {
            try await run(closed)
        } throws: { error in
            String(describing: error) == "cannot connect to \(closed.authority): Connection refused"
        }
    }
}
