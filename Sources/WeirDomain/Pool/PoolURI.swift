/// Passwords in the URIs of pools.
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

    /// Between the first colon of the user information and its end, the last `@` before the path.
    private static func password(in uri: String) -> Range<String.Index>? {
        // In bytes: a password may begin with a character that combines with the colon before it.
        let bytes = uri.utf8
        guard let scheme = bytes.firstRange(of: "://".utf8) else { return nil }
        let ends = [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")]
        let authority = bytes[scheme.upperBound...].prefix { !ends.contains($0) }
        guard let at = authority.lastIndex(of: UInt8(ascii: "@")),
            let colon = authority[..<at].firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return authority.index(after: colon)..<at
    }
}

extension String {
    fileprivate func replacingSubrange(_ range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
