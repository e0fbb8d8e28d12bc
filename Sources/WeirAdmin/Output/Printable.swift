package import WeirJSON

/// Values as people read them. What comes from the server may hold anything; nothing of it moves the cursor.
package enum Printable {
    /// `text` with escapes for all that could end a line or command a terminal.
    package static func line(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    /// A value in one cell: text without quotes, a list of texts with commas, anything else as JSON; nothing is `-`.
    package static func cell(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: "-"
        case .string(let text): text.isEmpty ? "-" : line(text)
        case .array(let items) where items.isEmpty: "-"
        case .array(let items) where items.allSatisfy { $0.stringValue != nil }:
            items.map(cell).joined(separator: ", ")
        case .some(let value): json(value)
        }
    }

    /// JSON in one line, safe to show: JSON escapes most of what is not, and what it does not is escaped here.
    package static func json(_ value: JSONValue) -> String {
        line(String(decoding: value.bytes, as: UTF8.self))
    }

    /// `text` cut to so many characters.
    static func cut(_ text: String, to width: Int) -> String {
        text.count > width ? String(text.prefix(width - 1)) + "…" : text
    }

    /// A share of 1 in percent, with one decimal.
    static func percent(_ share: Double) -> String {
        let tenths = Int(max(0, min(share, 1e6)) * 1000 + 0.5)
        return "\(tenths / 10).\(tenths % 10) %"
    }
}
