/// Writes the result of a verified run for machines and for people.
package enum VerifyReport {
    /// One JSON object. Members and their order are stable; `ok` is what the exit code says, `trouble` is null or a
    /// sentence, `examples` are sentences on the first violations.
    package static func json(_ result: VerifyResult) -> String {
        var members = [
            ("ok", result.isGood ? "true" : "false"),
            ("seconds", BenchReport.decimal(result.seconds, places: 3)),
        ]
        members += (result.findings.facts + result.findings.violations).map { ($0.name, String($0.count)) }
        members.append(("trouble", result.trouble.map(quoted) ?? "null"))
        members.append(("examples", "[" + result.findings.examples.map(quoted).joined(separator: ", ") + "]"))
        return "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }

    /// A table of the counts, those that must be zero below the others, and then what was wrong.
    package static func text(_ result: VerifyResult) -> String {
        let findings = result.findings
        let counts = findings.facts + findings.violations
        let width = counts.map(\.name.count).max() ?? 0
        var lines = counts.map { name, count in
            let words = name.split(separator: "_").joined(separator: " ")
            let space = String(repeating: " ", count: width - words.count + 10 - min(9, String(count).count))
            return words + space + String(count)
        }
        lines += findings.examples
        if let trouble = result.trouble { lines.append("trouble: \(trouble)") }
        let seconds = BenchReport.decimal(result.seconds, places: 1)
        lines.append("\(result.isGood ? "good" : "NOT GOOD"), in \(seconds) s")
        return lines.joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        let hex = Array("0123456789abcdef")
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<" ": quoted += "\\u00\(hex[Int(scalar.value) >> 4])\(hex[Int(scalar.value) & 15])"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
