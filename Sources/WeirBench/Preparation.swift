/// Makes, fills and deletes the queues of a bench over one connection.
struct Preparation: Sendable {
    let settings: BenchSettings
    let client: LoadClient

    func create(_ queues: [String]) async throws {
        try await send("PUT", queues, expecting: [201, 204], what: "cannot create the queues")
    }

    func delete(_ queues: [String]) async throws {
        try await send("DELETE", queues, expecting: [204], what: "cannot delete the queues")
    }

    /// Sees to it that each queue shows at least as many messages as a page of the bench.
    func fill(_ queues: [String]) async throws {
        let writer = writer
        let limit = settings.limit
        let body = randomJSONString(bytes: settings.bodyBytes)
        for queue in queues {
            try await follow("cannot fill queue \(queue)") {
                FillScript(writer: writer, queue: queue, wanted: limit, body: body)
            }
        }
    }

    private var writer: RequestWriter {
        RequestWriter(
            authority: settings.endpoint.authority, project: settings.project, clientID: randomUUID())
    }

    private func send(
        _ method: String, _ queues: [String], expecting statuses: Set<Int>, what: String
    ) async throws {
        let writer = writer
        let requests = queues.map { writer.request(method, "/v2/queues/\($0)") }
        try await follow(what) { SequenceScript(requests, expecting: statuses) }
    }

    private func follow(
        _ what: String, script: @escaping @Sendable () -> any ConnectionScript
    ) async throws {
        let (tally, _) = try await client.run(connections: 1) { _ in script() }
        guard let kind = tally.errors.keys.first else { return }
        throw BenchFailure.preparation(what, reason: tally.explanation ?? "the server answered \(kind)")
    }
}
