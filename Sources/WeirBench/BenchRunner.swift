/// Runs the scenarios of a bench one after the other, each with queues of its own.
package struct BenchRunner: Sendable {
    private let settings: BenchSettings

    /// A runner for settings that were checked before.
    package init(_ settings: BenchSettings) {
        self.settings = settings
    }

    /// Runs all scenarios and hands each result to `report` as it comes. Queues made are deleted again, also
    /// when a scenario cannot go on. Throws `BenchFailure` if the server cannot be reached or refuses the
    /// queues; requests that fail under load are counted in the result instead.
    package func run(report: (BenchResult) -> Void) async throws {
        try await LoadClient.withClient(of: settings.endpoint, threads: settings.threads) { client in
            for scenario in settings.scenarios where !settings.isInterrupted() {
                try await run(scenario, client, report)
            }
        }
    }

    private func run(
        _ scenario: Scenario, _ client: LoadClient, _ report: (BenchResult) -> Void
    ) async throws {
        let preparation = Preparation(settings: settings, client: client)
        if let queue = settings.existingQueue {
            return report(try await measure(scenario, [queue], preparation, client))
        }
        // Fresh queues each time: what one scenario leaves behind must not change the figures of the next.
        let run = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let queues = (0..<settings.queues).map { "bench-\(run)-\($0)" }
        do {
            try await preparation.create(queues)
            report(try await measure(scenario, queues, preparation, client))
        } catch {
            // The first failure is the one worth telling.
            if !settings.keepsQueues { try? await preparation.delete(queues) }
            throw error
        }
        if !settings.keepsQueues { try await preparation.delete(queues) }
    }

    private func measure(
        _ scenario: Scenario, _ queues: [String], _ preparation: Preparation, _ client: LoadClient
    ) async throws -> BenchResult {
        if scenario == .list { try await preparation.fill(queues) }
        var plan = LoadPlan()
        plan.requests = settings.requests
        plan.isInterrupted = settings.isInterrupted
        let (tally, countedFrom) = try await client.run(
            connections: settings.connections, warmup: settings.warmup, seconds: settings.seconds, plan: plan
        ) { [settings] index in
            Self.script(scenario, queue: queues[index % queues.count], settings)
        }
        return BenchResult(
            scenario: scenario, connections: settings.connections, tally: tally, countedFrom: countedFrom)
    }

    private static func script(
        _ scenario: Scenario, queue: String, _ settings: BenchSettings
    ) -> any ConnectionScript {
        let writer = RequestWriter(
            authority: settings.endpoint.authority, project: settings.project, clientID: randomUUID())
        let body = randomJSONString(bytes: settings.bodyBytes)
        return switch scenario {
        case .postOne: PostScript(writer: writer, queue: queue, messages: 1, body: body)
        case .postTen: PostScript(writer: writer, queue: queue, messages: 10, body: body)
        case .claimDelete:
            ClaimDeleteScript(writer: writer, queue: queue, limit: settings.limit, body: body)
        case .cycle: CycleScript(writer: writer, queue: queue, limit: settings.limit, body: body)
        case .list: ListScript(writer: writer, queue: queue, limit: settings.limit)
        }
    }
}
