package import WeirJSON

/// What the doctor concludes from what each node says of itself.
extension Examination {
    /// - Parameters:
    ///   - url: Where the node is.
    ///   - readiness: What its `/readyz` says.
    package static func node(_ url: String, _ readiness: JSONObject) -> Check {
        let name = "node \(Printable.line(url))"
        guard readiness["ready"] == true else {
            return .failed(
                name, "its catalog is \(Printable.cell(readiness["catalog"]))",
                advice: "look for 'catalog' in that node's log; see that it can reach the catalog's store")
        }
        let away = (readiness["pools"]?.objectValue ?? JSONObject()).map { Printable.line($0.0) }
        guard away.isEmpty else {
            return .failed(
                name, "it cannot reach pool \(away.joined(separator: ", "))",
                advice: "see that the stores of its pools run and can be reached from that node's machine")
        }
        return .ok(name, "it is ready")
    }

    /// Whether any two of the clocks certainly differ by more than is allowed. Of such pairs the one that is furthest
    /// apart is named.
    package static func skew(between clocks: [NodeClock]) -> Check {
        let name = "clock skew between nodes"
        guard clocks.count > 1, let last = clocks.max(by: { $0.ahead.lowerBound < $1.ahead.lowerBound }),
            let first = clocks.min(by: { $0.ahead.upperBound < $1.ahead.upperBound })
        else {
            return .warning(
                name, "fewer than two nodes told their time", advice: "see to the nodes that did not, then ask again")
        }
        let certain = last.ahead.lowerBound - first.ahead.upperBound
        guard certain > 0 else { return .ok(name, "none that can be seen") }
        let seconds = "\(certain / 1000).\(certain % 1000 / 100)"
        let finding =
            "\(Printable.line(last.node)) is at least \(seconds) s ahead of \(Printable.line(first.node))"
        guard certain > NodeClock.largestSkewSeconds * 1000 else { return .ok(name, finding) }
        return .failed(
            name, finding,
            advice: "let all nodes follow the same time servers (NTP): terms are kept by the clock of whoever is asked")
    }
}
