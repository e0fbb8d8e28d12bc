import NIOCore

/// Posts, claims and deletes from all sides, waits until nothing is left, and checks what happened.
package struct VerifyRunner: Sendable {
    private let settings: VerifySettings

    /// A runner for settings that were checked before.
    package init(_ settings: VerifySettings) {
        self.settings = settings
    }

    /// Runs once, with queues of its own that are deleted again. Throws `BenchFailure` if the server cannot be reached
    /// or refuses the queues; whatever goes wrong later is in the result.
    package func run() async throws -> VerifyResult {
        try await LoadClient.withClient(of: settings.endpoint, threads: settings.threads) { client in
            let run = VerifyRun(settings, client)
            let keeper = QueueKeeper(run)
            do {
                try await keeper.create()
            } catch {
                // The first failure is the one worth telling.
                if !settings.keepsQueues { try? await keeper.delete() }
                throw error
            }
            let begun = monotonicNow()
            let isDrained = await drive(run, keeper)
            let seconds = Double(monotonicNow() - begun) / 1e9
            var trouble = run.trouble
            if settings.isInterrupted() { trouble = trouble ?? "interrupted" }
            if !settings.keepsQueues {
                do { try await keeper.delete() } catch { trouble = trouble ?? String(describing: error) }
            }
            let isOutlived = seconds >= Double(Producer.messageTTL)
            if isOutlived { trouble = trouble ?? "the run took longer than its messages live" }
            var history = run.history
            history.isDrained = isDrained && !isOutlived
            return VerifyResult(findings: HistoryChecker.check(history), seconds: seconds, trouble: trouble)
        }
    }

    /// - Returns: Whether the queues were drained.
    private func drive(_ run: VerifyRun, _ keeper: QueueKeeper) async -> Bool {
        await withTaskGroup { claimers in
            for _ in 0..<settings.claimers { claimers.addTask { await Claimer(run).work() } }
            await withTaskGroup { producers in
                for index in 0..<settings.producers {
                    producers.addTask {
                        var producer = Producer(index, run)
                        await producer.work()
                    }
                }
            }
            let isDrained = await keeper.drain()
            run.end()
            return isDrained
        }
    }
}

/// What a verified run showed.
package struct VerifyResult: Sendable {
    /// What the history of the run shows.
    package let findings: Findings
    /// From the first post to the end of the drain.
    package let seconds: Double
    /// Why the run did not go as planned, apart from its history; nil if it did.
    package let trouble: String?

    /// The history is clean, the run went as planned, and there was something to check.
    package var isGood: Bool { findings.isClean && trouble == nil && findings.acknowledged > 0 }
}
