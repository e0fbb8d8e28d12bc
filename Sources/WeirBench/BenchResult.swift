/// What one scenario showed.
package struct BenchResult: Sendable, Equatable {
    /// The load.
    package var scenario: Scenario
    /// Connections that were opened.
    package var connections: Int
    /// From the end of the warm-up to the last answer.
    package var seconds: Double
    /// Requests answered as expected, without refills.
    package var requests: Int
    /// Messages posted, listed, or claimed and deleted (each once, when it is deleted).
    package var messages: Int
    /// Empty claims and the posts after them (`claim-delete` only).
    package var refills: Int
    /// Failed requests by status, or `lost`, `malformed`, `timeout`.
    package var errors: [String: Int]
    /// More about the first failure that is not a status.
    package var explanation: String?
    /// Milliseconds.
    package var p50: Double
    /// Milliseconds.
    package var p99: Double
    /// Milliseconds.
    package var p999: Double
    /// Milliseconds.
    package var maximum: Double

    /// Requests a second; 0 if no time passed.
    package var requestsPerSecond: Double { seconds > 0 ? Double(requests) / seconds : 0 }

    /// Messages a second; 0 if no time passed.
    package var messagesPerSecond: Double { seconds > 0 ? Double(messages) / seconds : 0 }

    /// All failed requests.
    package var failures: Int { errors.values.reduce(0, +) }

    /// Works the figures out. `countedFrom` is the end of the warm-up on the clock of the tally.
    package init(scenario: Scenario, connections: Int, tally: LoadTally, countedFrom: UInt64) {
        self.scenario = scenario
        self.connections = connections
        let elapsed = tally.lastAnswer > countedFrom ? tally.lastAnswer - countedFrom : 0
        seconds = Double(elapsed) / 1e9
        requests = tally.requests
        messages = tally.messages
        refills = tally.refills
        errors = tally.errors
        explanation = tally.explanation
        let milliseconds = { (nanoseconds: UInt64) in Double(nanoseconds) / 1e6 }
        p50 = milliseconds(tally.latencies.value(perMille: 500))
        p99 = milliseconds(tally.latencies.value(perMille: 990))
        p999 = milliseconds(tally.latencies.value(perMille: 999))
        maximum = milliseconds(tally.latencies.maximum)
    }

    /// One line on what failed; nil if nothing did.
    package var failureSummary: String? {
        guard failures > 0 else { return nil }
        let kinds = errors.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
        let summary = "\(scenario.rawValue): \(failures) requests failed: \(kinds.joined(separator: ", "))"
        return explanation.map { "\(summary) (\($0))" } ?? summary
    }
}
