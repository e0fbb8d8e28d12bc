internal import WeirBench
internal import WeirJSON

/// What each node says of itself.
extension DoctorCommand {
    /// A frozen node keeps the doctor waiting for no longer than this.
    private static let nodeSeconds: Int64 = 5

    /// One for each node that was named, and one for their clocks if there are several.
    func nodeChecks() async -> [Check] {
        let start = ContinuousClock.now
        var checks: [Check] = []
        var clocks: [NodeClock] = []
        for url in node {
            let (check, clock) = await visit(url, since: start)
            checks.append(check)
            if let clock { clocks.append(clock) }
        }
        if node.count > 1 { checks.append(Examination.skew(between: clocks)) }
        return checks
    }

    /// Asks one node, and nothing that depends on another.
    ///
    /// - Parameter start: Where this machine's clock begins for all nodes: one that nobody sets meanwhile.
    private func visit(_ url: String, since start: ContinuousClock.Instant) async -> (Check, NodeClock?) {
        do throws(AdminFailure) {
            let server = try server(at: url, seconds: Self.nodeSeconds)
            let before = Self.milliseconds(since: start)
            let answer = try await server.send("GET", "/readyz", accepts: [503])
            let asked = before...Self.milliseconds(since: start)
            let second = answer.http.header("Date").flatMap { ClockText.seconds(httpDate: $0) }
            let clock = second.map { NodeClock(node: url, second: $0, asked: asked) }
            return (Examination.node(url, try answer.object()), clock)
        } catch {
            let advice = "see that it runs and can be reached from here, or leave it out"
            return (.failed("node \(Printable.line(url))", error.message, advice: advice), nil)
        }
    }

    /// - Parameter seconds: How long an answer may take.
    func server(at url: String, seconds: Int64) throws(AdminFailure) -> Server {
        do {
            let connection = HTTPConnection(endpoint: try ServerOptions.endpoint(url), timeoutSeconds: seconds)
            return Server(connection, project: try options.chosenProject)
        } catch {
            throw .badInput("\(error)")
        }
    }

    private static func milliseconds(since start: ContinuousClock.Instant) -> Int64 {
        Int64(start.duration(to: .now) / .milliseconds(1))
    }
}
