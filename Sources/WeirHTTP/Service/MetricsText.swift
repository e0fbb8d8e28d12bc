/// Writes figures in the text format of Prometheus, version 0.0.4.
package struct MetricsText {
    package private(set) var text = ""
    private var name = ""

    /// Without a family.
    package init() {}

    /// Begins a family of samples.
    package mutating func family(_ name: String, _ kind: String, _ help: String) {
        self.name = name
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    /// A sample of the present family.
    /// - Parameter suffix: What histograms put after its name.
    package mutating func sample(
        _ labels: KeyValuePairs<String, String>, _ value: some Numeric & CustomStringConvertible, suffix: String = ""
    ) {
        let list = labels.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += "\(name)\(suffix)\(list.isEmpty ? "" : "{\(list)}") \(value)\n"
    }

    /// By scalars: a mark that combines with a quote makes of the two another character, and a quote all the same.
    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\", "\"": escaped += "\\" + String(scalar)
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
