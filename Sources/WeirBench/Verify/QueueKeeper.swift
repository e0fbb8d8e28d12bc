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

    /// Returns when all queues are empty, claimed messages included: then nothing can come any more. Or when they list
    /// what no claim gets, which is recorded. To be called when all producers have ended.
    ///
    /// Nothing came, and nothing failed, for the quiet time: no claim made before holds what is listed then. Now each
    /// queue is asked in particular, for the claimers choose by chance. What is listed and does not come can only be in
    /// the answer to a claim under way, and that shows within the last wait.
    ///
    /// - Returns: False if the run was brought to its end before.
    func drain() async -> Bool {
        let (writer, exchange) = run.makeClient()
        let quiet = UInt64(run.settings.quiet * 1e9)
        let lastWait = UInt64(run.settings.lastWait * 1e9)
        var asked: (at: UInt64, sign: UInt64)?
        var isDrained = false
        while !run.isEnding, !isDrained {
            try? await Task.sleep(for: .milliseconds(100))
            isDrained = await areEmpty(writer, exchange)
            guard !isDrained, !run.isEnding else { continue }
            let sign = run.lastSign
            if let before = asked, before.sign == sign {
                guard monotonicNow() - before.at >= lastWait, let left = await leftovers(writer, exchange),
                    run.lastSign == sign, !run.isEnding, !left.isEmpty
                else { continue }
                run.record(left)
                isDrained = true
            } else if silence >= quiet {
                for queue in run.queues.indices where !run.isEnding { await Claimer(run).look(into: queue) }
                asked = (monotonicNow(), sign)
            }
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
            guard let body = await list(path, writer, exchange) else { return false }
            if MessageIDScanner.scan(body, visit: { _ in }) > 0 { return false }
        }
        return true
    }

    /// All that the queues list; nil if that is not known.
    private func leftovers(_ writer: RequestWriter, _ exchange: Exchange) async -> [History.Leftover]? {
        var found: [History.Leftover] = []
        for (index, queue) in run.queues.enumerated() {
            var known: Set<String> = []
            var page: String? = "/v2/queues/\(queue)/messages?limit=20&echo=true&include_claimed=true"
            while let path = page {
                guard let body = await list(path, writer, exchange) else { return nil }
                let messages = ClaimAnswer.messages(body, run.body).filter { known.insert($0.id).inserted }
                found += messages.map { History.Leftover(queue: index, stamp: $0.stamp, id: $0.id) }
                page = messages.isEmpty ? nil : ClaimAnswer.nextPage(body)
            }
        }
        return found
    }

    /// A page of a listing; nil without a good answer.
    private func list(_ path: String, _ writer: RequestWriter, _ exchange: Exchange) async -> [UInt8]? {
        guard case .answered(200, let body) = await exchange.ask(writer.request("GET", path), keepsBody: true) else {
            run.noteFailure()
            if await !exchange.recover() { run.end(because: "the queues cannot be listed") }
            return nil
        }
        exchange.succeed()
        return body
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
