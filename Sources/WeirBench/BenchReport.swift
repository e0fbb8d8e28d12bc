/// Writes results for machines and for people.
package enum BenchReport {
    /// A JSON array with one object a scenario. Members and their order are stable; times ending in `_ms` are
    /// milliseconds, `errors` maps a status (or `lost`, `malformed`, `timeout`) to a count.
    package static func json(_ results: [BenchResult]) -> String {
        results.isEmpty ? "[]" : "[\n" + results.map(object).joined(separator: ",\n") + "\n]"
    }

    /// The heading of the table.
    package static let tableHeading = row(
        ["scenario", "conns", "req/s", "msg/s", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "errors"])

    /// One line of the table.
    package static func tableRow(_ result: BenchResult) -> String {
        row([
            result.scenario.rawValue, String(result.connections),
            decimal(result.requestsPerSecond, places: 0), decimal(result.messagesPerSecond, places: 0),
            decimal(result.p50, places: 2), decimal(result.p99, places: 2), decimal(result.p999, places: 2),
            decimal(result.maximum, places: 2), String(result.failures),
        ])
    }

    /// A number in plain decimal notation, rounded to so many places.
    static func decimal(_ value: Double, places: Int) -> String {
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard places > 0 else { return String(scaled) }
        let fraction = String(scaled % scale)
        return "\(scaled / scale)." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    private static func object(_ result: BenchResult) -> String {
        let errors = result.errors.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
        let members = [
            ("scenario", "\"\(result.scenario.rawValue)\""),
            ("connections", String(result.connections)),
            ("seconds", decimal(result.seconds, places: 3)),
            ("requests", String(result.requests)),
            ("messages", String(result.messages)),
            ("refill", String(result.refills)),
            ("errors", "{" + errors.joined(separator: ", ") + "}"),
            ("requests_per_second", decimal(result.requestsPerSecond, places: 1)),
            ("messages_per_second", decimal(result.messagesPerSecond, places: 1)),
            ("p50_ms", decimal(result.p50, places: 3)),
            ("p99_ms", decimal(result.p99, places: 3)),
            ("p999_ms", decimal(result.p999, places: 3)),
            ("max_ms", decimal(result.maximum, places: 3)),
        ]
        return "  {" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    private static func row(_ cells: [String]) -> String {
        let widths = [12, 6, 9, 9, 9, 9, 9, 9, 7]
        let padded = zip(cells, widths).enumerated().map { index, cell in
            let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index == 0 ? cell.0 + space : space + cell.0
        }
        return padded.joined(separator: " ")
    }
}
