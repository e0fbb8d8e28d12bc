internal import Synchronization

/// What the connections of this node did.
package final class SocketCounters: Sendable {
    private let open = Atomic<Int>(0)
    private let pushes = Atomic<Int>(0)
    private let classes = (0..<6).map { _ in Tally() }
    private let cuts = SocketCut.allCases.map { _ in Tally() }

    package init() {}

    func opened() { open.wrappingAdd(1, ordering: .relaxed) }
    func closed() { open.wrappingSubtract(1, ordering: .relaxed) }
    func pushed() { pushes.wrappingAdd(1, ordering: .relaxed) }

    func answered(_ status: Int) {
        classes[min(max(status / 100, 0), 5)].add()
    }

    func cut(_ cut: SocketCut) {
        for (index, known) in SocketCut.allCases.enumerated() where known == cut { cuts[index].add() }
    }

    /// In the text format of Prometheus.
    package var metrics: String {
        func family(_ name: String, _ kind: String, _ help: String, _ samples: [String]) -> String {
            "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n" + samples.map { "\(name)\($0)\n" }.joined()
        }
        let answers = (1...5).map { "{status=\"\($0)xx\"} \(classes[$0].value)" }
        let ends = zip(SocketCut.allCases, cuts).map { "{reason=\"\($0.rawValue)\"} \($1.value)" }
        return family(
            "weir_websocket_connections", "gauge", "Connections that speak WebSocket.",
            [" \(open.load(ordering: .relaxed))"])
            + family("weir_websocket_requests_total", "counter", "Requests answered, by class of status.", answers)
            + family(
                "weir_websocket_pushes_total", "counter", "Messages sent to subscribed connections.",
                [" \(pushes.load(ordering: .relaxed))"])
            + family("weir_websocket_cuts_total", "counter", "Connections cut, by reason.", ends)
    }
}

private final class Tally: Sendable {
    private let count = Atomic<Int>(0)

    func add() { count.wrappingAdd(1, ordering: .relaxed) }

    var value: Int { count.load(ordering: .relaxed) }
}
