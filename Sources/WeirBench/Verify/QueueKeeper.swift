import NIOCore

/// Makes, watches and deletes the queues of a run.
struct QueueKeeper: Sendable {
    private let run: VerifyRun

    init(_ run: VerifyRun) {
        self.run = run
    }

    /// Throws `BenchFailure.preparation` if a queue is refused.
    func create() async throws {
        let metadata = run.settings.flavor.map { "{\"_flavor\":\"\($0)\"}" }
        try await each("cannot create the queues", expecting: [201, 204]) { writer, queue in
            writer.request("PUT", "/v2/queues/\(queue)", body: metadata)
        }
    }

    /// Throws `BenchFailure.preparation` if a queue cannot be deleted.
    func delete() async throws {
        try await each("cannot delete the queues", expecting: [204]) { writer, queue in
            writer.request("DELETE", "/v2/queues/\(queue)")
        }
    }

    /// Returns when all queues are empty, claimed messages included: then nothing can come any more. Or when nothing
    /// has come, and nothing has failed, for the quiet time. To be called when all producers have ended.
    ///
    /// - Returns: False if the run was brought to its end before.
    func drain() async -> Bool {
        let (writer, exchange) = run.makeClient()
        let quiet = UInt64(run.settings.quiet * 1e9)
        var isDrained = false
        while !run.isEnding, !isDrained {
            try? await Task.sleep(for: .milliseconds(100))
            isDrained = await areEmpty(writer, exchange) || silence >= quiet && !run.isEnding
        }
        await exchange.close()
        return isDrained
    }

    /// Nanoseconds since something came or failed. The clock is read last: others may see a sign at any moment, and this
    /// one was before.
    private var silence: UInt64 {
        let sign = run.lastSign
        return monotonicNow() - sign
    }

    private func areEmpty(_ writer: RequestWriter, _ exchange: Exchange) async -> Bool {
        for queue in run.queues {
            let path = "/v2/queues/\(queue)/messages?limit=1&echo=true&include_claimed=true"
            guard case .answered(200, let body) = await exchange.ask(writer.request("GET", path), keepsBody: true)
            else {
                run.noteFailure()
                if await !exchange.recover() { run.end(because: "the queues cannot be listed") }
                return false
            }
            exchange.succeed()
            if MessageIDScanner.scan(body, visit: { _ in }) > 0 { return false }
        }
        return true
    }

    private func each(
        _ what: String, expecting statuses: Set<Int>, _ request: (RequestWriter, String) -> ByteBuffer
    ) async throws {
        let (writer, exchange) = run.makeClient()
        for queue in run.queues {
            var reply = await exchange.ask(request(writer, queue))
            while !Self.isAnswer(reply), await exchange.recover() { reply = await exchange.ask(request(writer, queue)) }
            exchange.succeed()
            if case .answered(let status, _) = reply, statuses.contains(status) { continue }
            throw BenchFailure.preparation(what, reason: Self.reason(reply))
        }
        await exchange.close()
    }

    private static func isAnswer(_ reply: Exchange.Reply) -> Bool {
        if case .answered = reply { true } else { false }
    }

    private static func reason(_ reply: Exchange.Reply) -> String {
        switch reply {
        case .answered(let status, _): "the server answered \(status)"
        case .unknown(let reason), .unsent(let reason): reason
        }
    }
}
