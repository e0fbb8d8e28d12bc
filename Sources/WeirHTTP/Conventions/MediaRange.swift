/// The header `Accept` (RFC 9110, section 12.5.1).
enum MediaRange {
    /// Whether the client takes JSON: absent and empty headers admit everything.
    static func admitsJSON(_ accept: String?) -> Bool {
        guard let accept, !accept.isEmpty, accept != "*/*", accept != "application/json" else { return true }
        return accept.split(separator: ",").contains { range in
            let parts = range.split(separator: ";").map { $0.trimmed }
            guard let type = parts.first?.lowercased() else { return false }
            let isRefused = parts.dropFirst().contains { $0.hasPrefix("q=0") && Double($0.dropFirst(2)) == 0 }
            return !isRefused && ["*/*", "application/*", "application/json", "application/json-home"].contains(type)
        }
    }
}

extension Substring {
    var trimmed: Substring {
        var text = self
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
