/// Says whether a history can be that of a correct queue. A pure function: no clock, no input or output.
///
/// It flags only what no correct server can have done, whatever happened between `sent` and `answered`: a history of a
/// correct server is always clean. The other way round it is as sharp as the records allow.
package struct HistoryChecker {
    /// How far the clocks of client and server may drift apart while a claim lasts, in nanoseconds.
    package static let clockTolerance: UInt64 = 1_000_000_000

    /// How long a server may still act on a request that its client has given up, in nanoseconds.
    package static let lateness: UInt64 = 30_000_000_000

    let ledger: Ledger
    let isDrained: Bool
    var findings: Findings

    /// All that the history shows.
    ///
    /// - Complexity: O(n log n) in the size of the history; but each message out of order that a lost claim may excuse
    ///   looks at all later ones of its producer in its queue.
    package static func check(_ history: History) -> Findings {
        var findings = Findings()
        let ledger = Ledger(history, &findings)
        var checker = HistoryChecker(ledger: ledger, isDrained: history.isDrained, findings: findings)
        checker.checkDeliveries()
        checker.checkRefusals()
        checker.checkLeftovers(history.leftovers)
        checker.checkOrderInAnswers()
        checker.checkOrderBetweenClaims()
        return checker.findings
    }

    private mutating func checkLeftovers(_ leftovers: [History.Leftover]) {
        for leftover in leftovers {
            findings.stuck += 1
            let place = leftover.stamp?.place ?? "queue \(leftover.queue), with a body that nobody wrote"
            findings.explain("stuck: \(place), id \(leftover.id), is listed and never comes")
        }
    }
}
