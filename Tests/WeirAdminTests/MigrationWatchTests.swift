import Testing
import WeirAdmin
import WeirJSON

@Suite("Watching migrations") struct MigrationWatchTests {
    private static func migration(_ id: String, _ state: String, copied: Int64 = 0) -> JSONObject {
        ["id": .string(id), "state": .string(state), "copied": .integer(copied), "total": 10]
    }

    private func follow(
        _ server: FakeServer, _ begun: [JSONObject], patience: Duration = .seconds(60)
    ) async throws -> [JSONObject] {
        try await server.serve { endpoint in
            let api = Server(HTTPConnection(endpoint: endpoint), project: "p")
            return try await MigrationWatch(api, isQuiet: true, interval: .zero, patience: patience).follow(begun)
        }
    }

    @Test(
        "goes on until the queue has moved, or will not",
        arguments: ["switched", "cleaning", "done", "cancelled", "reversed", "failed"])
    func ends(state: String) async throws {
        let states = ["copying", "catching_up", "paused", "ready", "cutover", "reversing", state]
        let server = FakeServer { number, _ in
            let migration = JSONValue.object(Self.migration("a b", states[min(number, states.count) - 1]))
            return .answer(200, String(decoding: migration.bytes, as: UTF8.self))
        }
        let ended = try await follow(server, [Self.migration("a b", "planned")])
        #expect(ended.map { $0["state"] } == [.string(state)])
        #expect(server.requests == Array(repeating: "GET /v2/migrations/a%20b", count: states.count))
    }

    @Test("asks no more about one that has ended, while others go on")
    func several() async throws {
        let server = FakeServer { number, request in
            let id = request.hasSuffix("/1") ? "1" : "2"
            let state = id == "1" || number > 4 ? "done" : "copying"
            return .answer(200, String(decoding: JSONValue.object(Self.migration(id, state)).bytes, as: UTF8.self))
        }
        let begun = [Self.migration("0", "done"), Self.migration("1", "copying"), Self.migration("2", "copying")]
        let ended = try await follow(server, begun)
        #expect(ended.map { $0["state"] } == ["done", "done", "done"])
        #expect(server.requests.filter { $0.hasSuffix("/1") }.count == 1)
        #expect(server.requests.filter { $0.hasSuffix("/0") }.isEmpty)
    }

    @Test("looks again for a server that is away for a while")
    func away() async throws {
        let server = FakeServer { number, _ in
            switch number {
            case 1, 4: .hangUp
            case 2: .answer(503, #"{"title": "Busy", "description": "later"}"#)
            case 3: .answer(200, #"{"id": "1", "state": "copying"}"#)
            default: .answer(200, #"{"id": "1", "state": "switched"}"#)
            }
        }
        #expect(try await follow(server, [Self.migration("1", "copying")]).map { $0["state"] } == ["switched"])
        #expect(server.requests.count == 5)
    }

    @Test("gives up a server that stays away")
    func gone() async throws {
        let server = FakeServer { _, _ in .answer(503, #"{"title": "Busy", "description": "later"}"#) }
        await #expect(throws: AdminFailure("Busy: later")) {
            try await follow(server, [Self.migration("1", "copying")], patience: .zero)
        }
    }

    @Test("one that waits for an order says for which")
    func waiting() {
        var ready = Self.migration("7", "ready")
        #expect(MigrationWatch.wait(of: ready) == nil)
        ready["postpone"] = true
        #expect(MigrationWatch.wait(of: ready)?.hasSuffix("weir migration cutover 7") == true)
        #expect(MigrationWatch.wait(of: Self.migration("7", "paused"))?.hasSuffix("weir migration resume 7") == true)
        for state in ["planned", "copying", "catching_up", "cutover", "switched", "failed"] {
            #expect(MigrationWatch.wait(of: Self.migration("7", state)) == nil)
        }
    }

    @Test("ends with what the server refuses")
    func refused() async throws {
        let server = FakeServer { _, _ in .answer(404, #"{"title": "Not found", "description": "gone"}"#) }
        await #expect(throws: AdminFailure("Not found: gone", status: 3)) {
            try await follow(server, [Self.migration("1", "copying")])
        }
    }

    @Test("one that failed or was cancelled is a failure, with its reason")
    func success() throws {
        try MigrationWatch.demandSuccess([Self.migration("1", "done"), Self.migration("2", "reversed")])
        var failed = Self.migration("2", "failed")
        failed["error"] = "pool away"
        #expect(throws: AdminFailure("migration '2' is failed: pool away, and 1 more")) {
            try MigrationWatch.demandSuccess(
                [Self.migration("1", "done"), failed, Self.migration("3", "cancelled")])
        }
    }
}

@Suite("Progress of migrations") struct MigrationProgressTests {
    @Test("one migration has a bar with rate and time left")
    func one() {
        let progress = MigrationProgress([
            ["state": "copying", "copied": 50, "total": 200, "rate": .number("12.5"), "eta_seconds": 12]
        ])
        #expect(progress.bar == "[#####...............]  25 %  50/200 messages  12/s  ETA 12 s  copying")
        #expect(progress.line == "copying  50/200 messages  12/s  ETA 12 s")
    }

    @Test("several are added up; the slowest tells the time left")
    func several() {
        let progress = MigrationProgress([
            ["state": "copying", "copied": 5, "total": 10, "rate": 100, "eta_seconds": 125],
            ["state": "done", "copied": 30, "total": 30, "rate": 0, "eta_seconds": .null],
            ["state": "copying", "copied": 5, "total": 40, "rate": 20, "eta_seconds": 11_400],
        ])
        let figures = "40/80 messages  120/s  ETA 3 h 10 min"
        #expect(progress.bar == "[##########..........]  50 %  \(figures)  2 copying, 1 done")
    }

    @Test("odd figures draw a bar all the same")
    func odd() {
        #expect(MigrationProgress([[:]]).bar == "[....................]   0 %  0/0 messages  0/s  -")
        let over = MigrationProgress([["state": "ready", "copied": 30, "total": 10, "rate": .number("1e300")]])
        #expect(over.bar.hasPrefix("[####################] 100 %  30/10 messages"))
        let large = MigrationProgress(
            Array(
                repeating: [
                    "copied": .integer(.max), "total": .integer(.max), "rate": .number("1e400"), "eta_seconds": .number("1e400"),
                ], count: 3))
        #expect(large.bar.contains("100 %  9223372036854775807/9223372036854775807 messages  1000000000000000/s"))
        let opposed = MigrationProgress([["rate": .number("1e400")], ["rate": .number("-1e400")]])
        #expect(opposed.line.contains(" 0/s"))
        #expect(MigrationProgress([["copied": .integer(.min), "rate": .number("-1e400")], ["copied": -1]]).line.contains("-9223372036854775808/0"))
        let negative = MigrationProgress([["copied": -5, "total": 10, "eta_seconds": -3]])
        #expect(negative.bar.hasPrefix("[....................]   0 %") && negative.bar.contains("ETA 0 s"))
    }
}
