/// Where the secrets of a URI stand. All of it counts in bytes: a password may begin with a character that combines with
/// the one before it.
extension PoolURI {
    /// A part of a URI that nobody is shown.
    struct Secret {
        /// Of the parameter, in small letters; nil for the password.
        let name: String?
        let place: Range<String.Index>
    }

    /// What the name of a parameter holds if its value is secret: those of libmongoc, and whatever is called like them.
    private static let secretNames = ["password", "secret", "token", "authmechanismproperties"]

    /// In the order in which they begin.
    static func secrets(in uri: String) -> [Secret] {
        let password = password(in: uri).map { [Secret(name: nil, place: $0)] } ?? []
        return (password + parameters(of: uri)).sorted { $0.place.lowerBound < $1.place.lowerBound }
    }

    /// The user information: up to the last `@` before the path.
    static func user(in uri: String) -> Range<String.Index>? {
        let authority = authority(of: uri)
        return authority.lastIndex(of: UInt8(ascii: "@")).map { authority.startIndex..<$0 }
    }

    /// Between the first colon of the user information and its end. A password may hold what should have been escaped and
    /// ends the authority early: so where that has no user, one is taken to end at the last `@` of all.
    private static func password(in uri: String) -> Range<String.Index>? {
        let authority = authority(of: uri)
        let user = user(in: uri) ?? uri.utf8.lastIndex(of: UInt8(ascii: "@")).map { authority.startIndex..<$0 }
        guard !authority.isEmpty, let user, let colon = uri.utf8[user].firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return uri.utf8.index(after: colon)..<user.upperBound
    }

    /// From the two slashes to the path; empty if there are none.
    private static func authority(of uri: String) -> Substring.UTF8View {
        let bytes = uri.utf8
        let start = bytes.firstRange(of: "://".utf8)?.upperBound ?? bytes.endIndex
        let ends = [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")]
        return bytes[start...].prefix { !ends.contains($0) }
    }

    /// The values of secret parameters, behind the first question mark.
    private static func parameters(of uri: String) -> [Secret] {
        guard let mark = uri.utf8.firstIndex(of: UInt8(ascii: "?")) else { return [] }
        return uri.utf8[uri.utf8.index(after: mark)...].split(separator: UInt8(ascii: "&")).compactMap { pair in
            guard let sign = pair.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let name = String(uri[pair.startIndex..<sign]).lowercased()
            guard secretNames.contains(where: name.contains) else { return nil }
            return Secret(name: name, place: uri.utf8.index(after: sign)..<pair.endIndex)
        }
    }
}
