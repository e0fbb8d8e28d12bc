extension ValueKind where Value == [String] {
    /// Web origins as browsers send them (https://fetch.spec.whatwg.org/#origin-header), or `*`: they are compared letter by
    /// letter, so that one of another form would never match.
    static var origins: Self { list(of: "origins such as https://app.example:8443, without a path, or *", where: isOrigin) }
}

private func isOrigin(_ text: String) -> Bool {
    if text == "*" || text == "null" { return true }
    guard let (scheme, host) = halves(of: text), !scheme.isEmpty, !host.isEmpty else { return false }
    return text == text.lowercased() && !host.contains { $0 == "/" || $0 == "@" || $0 == "?" || $0 == "#" || $0 == " " }
}

/// What stands before and after the first `://`.
private func halves(of text: String) -> (Substring, Substring)? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    return (text[..<colon], text[colon...].dropFirst(3))
}
