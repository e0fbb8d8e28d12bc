/// User names and passwords in the URIs of pools.
package enum PoolURI {
    package static let mask = "***"

    /// The URI as it may be shown: with `***` in place of the password, and of every parameter that is secret by its name.
    package static func redacted(_ uri: String) -> String {
        rewritten(uri) { _ in mask[...] }
    }

    /// What the operator means by `uri`: a secret that is `***` stays what it is in `old`.
    package static func restored(_ uri: String, from old: String) -> String {
        let kept = secrets(in: old)
        return rewritten(uri) { secret in
            guard uri[secret.place] == mask else { return nil }
            return kept.first { $0.name == secret.name }.map { old[$0.place] }
        }
    }

    /// Whether the URIs differ in nothing but the user and the password: then they lead to the same store.
    package static func leadToOneStore(_ uri: String, _ other: String) -> Bool {
        withoutUser(uri).elementsEqual(withoutUser(other))
    }

    private static func withoutUser(_ uri: String) -> [UInt8] {
        guard let user = user(in: uri) else { return Array(uri.utf8) }
        return Array(uri.utf8[..<user.lowerBound]) + uri.utf8[uri.utf8.index(after: user.upperBound)...]
    }

    /// The URI with other words in the places of its secrets; nil leaves one as it is.
    private static func rewritten(_ uri: String, _ word: (Secret) -> Substring?) -> String {
        var begun = ""
        var rest = uri[...]
        for secret in secrets(in: uri) {
            guard let word = word(secret) else { continue }
            // One that lies in another may reach further.
            if secret.place.lowerBound >= rest.startIndex { begun += rest[..<secret.place.lowerBound] + word }
            rest = uri[max(rest.startIndex, secret.place.upperBound)...]
        }
        return begun + rest
    }
}
