import NIOCore

/// One client that claims from queues by chance and deletes each message by the claim that handed it out.
struct Claimer {
    /// A message that was handed out, with the place of its claim among those of the run.
    private struct Held {
        let message: ClaimAnswer.Message
        let claim: Int
    }

    private let run: VerifyRun
    private let ttl: UInt64

    init(_ run: VerifyRun) {
        self.run = run
        ttl = UInt64(run.settings.claimTTL) * 1_000_000_000
    }

    /// Claims and deletes until the run ends.
    func work() async {
        let (writer, exchange) = run.makeClient()
        var empty = 0
        while !run.isEnding {
            let queue = Int.random(in: run.queues.indices)
            guard let handedOut = await claim(queue, writer, exchange) else {
                if await !recover(exchange) { break }
                continue
            }
            empty = handedOut.isEmpty ? empty + 1 : 0
            for held in handedOut where await !delete(held, writer, exchange) {
                if await !recover(exchange) { break }
            }
            // Nothing anywhere: no need to ask as fast as the wire allows.
            if empty >= run.queues.count { try? await Task.sleep(for: .milliseconds(20)) }
        }
        await exchange.close()
    }

    /// Claims once from a queue, and deletes what comes.
    func look(into queue: Int) async {
        let (writer, exchange) = run.makeClient()
        let handedOut = await claim(queue, writer, exchange)
        if handedOut == nil { _ = await recover(exchange) }
        for held in handedOut ?? [] where await !delete(held, writer, exchange) {
            if await !recover(exchange) { break }
        }
        await exchange.close()
    }

    private func recover(_ exchange: Exchange) async -> Bool {
        run.noteFailure()
        if await exchange.recover() { return true }
        run.end(because: "a claimer got no good answer for too long")
        return false
    }

    /// What was handed out, none if the queue is empty; nil if that is not known.
    private func claim(
        _ queue: Int, _ writer: RequestWriter, _ exchange: Exchange
    ) async -> [Held]? {
        let settings = run.settings
        let request = writer.request(
            "POST", "/v2/queues/\(run.queues[queue])/claims?limit=\(settings.limit)",
            body: "{\"ttl\":\(settings.claimTTL),\"grace\":60}")
        let sent = monotonicNow()
        let reply = await exchange.ask(request, keepsBody: true)
        let record = { (messages: [ClaimAnswer.Message]?) in
            let deliveries = messages?.map { History.Delivery(stamp: $0.stamp, id: $0.id) }
            return run.record(
                History.Claim(
                    queue: queue, sent: sent, answered: monotonicNow(), ttl: ttl, limit: settings.limit,
                    deliveries: deliveries))
        }
        switch reply {
        case .unsent: return nil
        case .unknown: _ = record(nil)
        case .answered(204, _):
            exchange.succeed()
            return []
        case .answered(201, let body):
            exchange.succeed()
            let messages = ClaimAnswer.messages(body, run.body)
            let claim = record(messages)
            return messages.map { Held(message: $0, claim: claim) }
        case .answered(let status, _): run.recordRefusal(status)
        }
        return nil
    }

    /// Asks once: a delete of unknown outcome is left alone, so that what it did shows. False if it went wrong.
    private func delete(_ held: Held, _ writer: RequestWriter, _ exchange: Exchange) async -> Bool {
        let request = writer.request("DELETE", held.message.href)
        var sent = monotonicNow()
        var reply = await exchange.ask(request)
        while case .unsent = reply, await recover(exchange) {
            sent = monotonicNow()
            reply = await exchange.ask(request)
        }
        let outcome: History.Delete.Outcome
        switch reply {
        case .unsent: return false
        case .unknown: outcome = .unknown
        case .answered(204, _): outcome = .acknowledged
        case .answered(400, _), .answered(403, _): outcome = .refused
        case .answered(let status, _):
            // Says nothing of the claim, nor of the message.
            outcome = .unknown
            run.recordRefusal(status)
        }
        if let stamp = held.message.stamp {
            run.record(
                History.Delete(stamp, claim: held.claim, sent: sent, answered: monotonicNow(), outcome))
        }
        if outcome == .acknowledged { exchange.succeed() }
        return outcome != .unknown
    }
}
