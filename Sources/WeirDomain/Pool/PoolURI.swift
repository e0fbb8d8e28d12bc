/// User names and passwords in the URIs of pools.
package enum PoolURI {
    package static let mask = "***"

    /// The URI as it may be shown: with `***` in place of the password.
    package static func redacted(_ uri: String) -> String {
        guard let password = password(in: uri) else { return uri }
        return uri.replacingSubrange(password, with: mask)
    }

    /// What the operator means by `uri`: if its password is `***`, the one of `old` stays.
    package static func restored(_ uri: String, from old: String) -> String {
        guard let shown = password(in: uri), uri[shown] == mask, let kept = password(in: old) else { return uri }
        return uri.replacingSubrange(shown, with: String(old[kept]))
    }

    /// Whether the URIs differ in nothing but the user and the password: then they lead to the same store.
    package static func leadToOneStore(_ uri: String, _ other: String) -> Bool {
        withoutUser(uri).elementsEqual(withoutUser(other))
    }

    private static func withoutUser(_ uri: String) -> [UInt8] {
        guard let user = user(in: uri) else { return Array(uri.utf8) }
        return Array(uri.utf8[..<user.lowerBound]) + uri.utf8[uri.utf8.index(after: user.upperBound)...]
    }

    /// Between the first colon of the user information and its end.
    private static func password(in uri: String) -> Range<String.Index>? {
        guard let user = user(in: uri), let colon = uri.utf8[user].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return uri.utf8.index(after: colon)..<user.upperBound
    }

    /// The user information: up to the last `@` before the path.
    private static func user(in uri: String) -> Range<String.Index>? {
        // In bytes: a password may begin with a character that combines with the colon before it.
        let bytes = uri.utf8
        guard let scheme = bytes.firstRange(of: "://".utf8) else { return nil }
        let ends = [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")]
        let authority = bytes[scheme.upperBound...].prefix { !ends.contains($0) }
        return authority.lastIndex(of: UInt8(ascii: "@")).map { authority.startIndex..<$0 }
    }
}

extension String {
    fileprivate func replacingSubrange(_ range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
