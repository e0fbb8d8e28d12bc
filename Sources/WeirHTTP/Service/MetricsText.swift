/// Writes figures in the text format of Prometheus, version 0.0.4.
struct MetricsText {
    private(set) var text = ""
    private var name = ""

    /// Begins a family of samples.
    mutating func family(_ name: String, _ kind: String, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    /// A sample of the present family.
    /// - Parameter suffix: What histograms put after its name.
    mutating func sample(
        _ labels: KeyValuePairs<String, String>, _ value: some Numeric & CustomStringConvertible, suffix: String = ""
    ) {
        let list = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += "\(name)\(suffix)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        String(
            value.flatMap { character -> [Character] in
                switch character {
                case "\\", "\"": ["\\", character]
                case "\n": ["\\", "n"]
                default: [character]
                }
            })
    }
}
