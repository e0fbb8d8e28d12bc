extension Settings {
    /// A YAML file that names every option with its default, and says what each does: the sample that
    /// operators start from. Loading it changes nothing. Ends with a line feed.
    package static func reference() -> String {
        var lines = [
            "# Every option of `weir serve`, with its default.",
            "# A flag wins over a variable, a variable over this file, this file over the default.",
        ]
        var group: [Substring] = []
        for option in ConfigurationOption.all {
            let keys = option.path.split(separator: ".")
            let parents = Array(keys.dropLast())
            lines += headers(from: group, to: parents)
            group = parents
            lines += entry(option, key: keys.last ?? "", depth: parents.count)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The lines that open the groups of `next` which `last` is not in.
    private static func headers(from last: [Substring], to next: [Substring]) -> [String] {
        let shared = zip(last, next).prefix { $0 == $1 }.count
        var lines: [String] = []
        for depth in shared..<next.count {
            if depth == 0 { lines.append("") }
            lines.append(indent(depth) + next[depth] + ":")
        }
        return lines
    }

    private static func entry(_ option: ConfigurationOption, key: Substring, depth: Int) -> [String] {
        let indent = indent(depth)
        let names = [option.flag.map { "--\($0)" }, option.environmentVariable].compactMap(\.self)
        var lines = wrapped("# \(option.summary)", indent: indent, next: "# ")
        lines += wrapped("# \(names.joined(separator: ", ")): \(option.expects).", indent: indent, next: "# ")
        // YAML reads a broken line as one space, in a list as well as between quotes.
        lines += wrapped("\(key): \(option.defaultYAML)", indent: indent, next: "  ")
        return depth == 0 ? [""] + lines : lines
    }

    /// `text` in lines of at most 100 characters where its words allow; all but the first begin with `next`.
    private static func wrapped(_ text: String, indent: String, next: String) -> [String] {
        var lines: [String] = []
        var line = indent
        for (number, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if number > 0, line.count + 1 + word.count > 100 {
                lines.append(line)
                line = indent + next + word
            } else {
                line += number > 0 ? " " + word : word
            }
        }
        return lines + [line]
    }

    private static func indent(_ depth: Int) -> String {
        String(repeating: "  ", count: depth)
    }
}
