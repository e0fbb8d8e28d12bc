package import WeirJSON

/// How far migrations are, taken together.
package struct MigrationProgress {
    private let copied: Int64
    private let total: Int64
    private let rate: Double
    private let eta: Double?

    /// How many are in which state: `copying`, or `2 copying, 1 done`.
    package let states: String

    /// - Parameter migrations: As the API shows them.
    package init(_ migrations: [JSONObject]) {
        copied = migrations.reduce(0) { $0.sum($1["copied"]?.integerValue) }
        total = migrations.reduce(0) { $0.sum($1["total"]?.integerValue) }
        rate = migrations.compactMap { Self.number($0["rate"]) }.reduce(0, +)
        eta = migrations.compactMap { Self.number($0["eta_seconds"]) }.max()
        var counts: [(state: String, count: Int)] = []
        for migration in migrations {
            let state = Printable.cell(migration["state"])
            if let index = counts.firstIndex(where: { $0.state == state }) {
                counts[index].count += 1
            } else {
                counts.append((state, 1))
            }
        }
        let isOne = migrations.count == 1
        states = counts.map { isOne ? $0.state : "\($0.count) \($0.state)" }.joined(separator: ", ")
    }

    /// One line with a bar: `[#####...............]  25 %  50/200 messages  10/s  ETA 15 s  copying`.
    package var bar: String {
        let width = 20
        let filled = Int(Double(width) * share)
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
        let percent = String(Int(100 * share))
        let indent = String(repeating: " ", count: 3 - percent.count)
        return "[\(bar)] \(indent)\(percent) %  \(figures)  \(states)"
    }

    /// The same for a log: `copying  50/200 messages  10/s  ETA 15 s`.
    package var line: String { "\(states)  \(figures)" }

    private var figures: String {
        let left = eta.map { "  ETA \(Self.duration($0))" } ?? ""
        return "\(copied)/\(total) messages  \(Int(max(0, min(rate, 1e15))))/s\(left)"
    }

    private var share: Double {
        total > 0 ? max(0, min(1, Double(copied) / Double(total))) : 0
    }

    private static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        // Beyond what a Double holds, two of them might add up to no number at all.
        case .number(let text): Double(text).map { max(-1e300, min($0, 1e300)) }
        default: nil
        }
    }

    /// `45 s`, `2 min 5 s`, `3 h 10 min`.
    private static func duration(_ seconds: Double) -> String {
        let seconds = Int(max(0, min(seconds, 1e9)).rounded())
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds / 60 % 60) min"
    }
}
