/// A value as a source gave it, before an option looked at it.
enum RawValue: Sendable {
    /// From a flag or a variable, where everything is text.
    case words(String)
    /// A YAML scalar that is text.
    case text(String)
    /// A YAML scalar that YAML takes for a number or a truth value.
    case plain(String)
    case null
    case list([RawValue])
    case mapping

    /// The characters of a value that is neither null, a list nor a mapping.
    var scalar: String? {
        switch self {
        case .words(let text), .text(let text), .plain(let text): text
        case .null, .list, .mapping: nil
        }
    }

    /// How an error message shows the value. `isSecret` keeps its characters out.
    func shown(isSecret: Bool) -> String {
        switch self {
        case .null: "nothing"
        case .list: "a list"
        case .mapping: "a mapping"
        case .words where isSecret, .text where isSecret, .plain where isSecret: "what was given"
        case .words(let text): quoted(text)
        case .text(let text): "the text " + quoted(text)
        case .plain(let text): clipped(text)
        }
    }
}

/// `text` in quotes, on one line and of bounded length, for a message.
func quoted(_ text: String) -> String {
    "\"" + clipped(text) + "\""
}

/// `text` on one line and of bounded length, for a message.
func clipped(_ text: String) -> String {
    let longest = 80
    let shown = oneLine(String(text.unicodeScalars.prefix(longest)))
    return text.unicodeScalars.count > longest ? shown + "…" : shown
}

/// `text` with escapes for all that could end a line or move a terminal's cursor.
func oneLine(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: line += scalar.escaped(asASCII: true)
        default: line.unicodeScalars.append(scalar)
        }
    }
    return line
}

/// `text` as a YAML scalar between double quotes.
func yamlText(_ text: String) -> String {
    var yaml = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": yaml += "\\\""
        case "\\": yaml += "\\\\"
        case "\n": yaml += "\\n"
        case "\t": yaml += "\\t"
        default: yaml.unicodeScalars.append(scalar)
        }
    }
    return yaml + "\""
}
