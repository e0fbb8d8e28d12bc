package import ArgumentParser

/// `weir bench`: drives load against a running server and prints throughput and latency, or checks with `--verify`
/// that no message is lost, doubled or out of order.
///
/// Exit codes: 0 all requests were answered as expected, or the check passed; 1 the server cannot be reached, a request
/// failed, the check did not pass or Ctrl-C was pressed.
/// Bad usage is thrown as `ValidationError`, for the caller's parser to map.
package struct BenchCommand: AsyncParsableCommand {
    /// The command as the parser knows it.
    package static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Drive load against a running server; print throughput and latency.",
        discussion: """
            Each connection keeps one request in flight. Requests and messages count only if answered as \
            expected; latencies run from writing a request to the last byte of its answer. In claim-delete \
            and cycle a message counts once, when it is deleted; in claim-delete empty claims and the posts that \
            follow them count as "refill" and have no latency. Scenarios run one after the other, each with new queues.

            With --verify nothing is measured. Many clients post, claim and delete; all they saw is kept and \
            checked: acknowledged messages that never came, messages that came again without reason, two claims \
            on one message, messages of one producer out of order. The server may be killed and restarted \
            meanwhile; requests of unknown outcome are allowed for.
            """)

    @Option(help: "Server, http://host:port (default: $WEIR_ENDPOINT or http://127.0.0.1:8888).")
    var endpoint: String?

    @Option(help: "Project of all requests.")
    var project = "bench"

    @Option(
        help: "Scenario, or a comma separated list: post-1, post-10, claim-delete, cycle, list (default: all).",
        transform: parseScenarios)
    var scenario: [[Scenario]] = []

    @Option(help: "Connections, each with one request in flight, 1...4096.")
    var connections = 64

    @Option(help: "Event loops of the client, 1...64.")
    var threads = 1

    @Option(help: "Length of a scenario in seconds (default: 10, or no limit with --requests).")
    var seconds: Double?

    @Option(help: "Requests a scenario, refills included; stops at this or --seconds, whichever is first.")
    var requests: Int?

    @Option(help: "Seconds of load before counting begins.")
    var warmup = 1.0

    @Option(help: "Queues made for each scenario; the connections are spread over them (default: 1; verify: 64).")
    var queues: Int?

    @Option(help: "Use this queue instead; nothing is created or deleted.")
    var queue: String?

    @Option(help: "Size of a message body, a JSON string with its quotes, in bytes.")
    var bodyBytes = 1024

    @Option(help: "Messages a listing or a claim asks for, 1...20.")
    var limit = 10

    @Flag(help: "Do not delete the queues afterwards.")
    var keep = false

    @Flag(help: "Print JSON instead of a table: an array; with --verify one object.")
    var json = false

    @OptionGroup var verification: VerifyOptions

    /// For the parser.
    package init() {}

    /// Checks every option, so that bad usage is reported as such.
    package func validate() throws {
        if verification.verify {
            _ = try verifySettings(environmentEndpoint: Self.environmentEndpoint)
        } else {
            _ = try settings(environmentEndpoint: Self.environmentEndpoint)
            if let option = verification.stray { throw ValidationError("\(option) needs --verify.") }
        }
    }

    /// Runs the bench, prints the results and throws `ExitCode(1)` if anything failed. Ctrl-C ends it early,
    /// with the queues deleted and what was measured printed.
    package func run() async throws {
        if verification.verify { return try await verify() }
        var settings = try settings(environmentEndpoint: Self.environmentEndpoint)
        settings.isInterrupted = { Interruption.isRequested }
        Interruption.listen()
        var results: [BenchResult] = []
        var hasFailed = false
        do {
            try await BenchRunner(settings).run { result in
                if !json && results.isEmpty { StandardOutput.write(BenchReport.tableHeading + "\n") }
                if !json { StandardOutput.write(BenchReport.tableRow(result) + "\n") }
                results.append(result)
            }
        } catch {
            hasFailed = true
            printError("weir bench: \(error)")
        }
        if json && !(hasFailed && results.isEmpty) { StandardOutput.write(BenchReport.json(results) + "\n") }
        for failure in results.compactMap(\.failureSummary) {
            hasFailed = true
            printError("weir bench: \(failure)")
        }
        if settings.isInterrupted() {
            hasFailed = true
            printError("weir bench: interrupted")
        }
        if hasFailed { throw ExitCode(1) }
    }
}
