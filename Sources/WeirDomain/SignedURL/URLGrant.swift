/// What the holder of a signature may do without a token: use some methods on some paths of a project, for a time.
package struct URLGrant: Hashable, Sendable {
    /// Sorted.
    package let paths: [String]
    /// Sorted.
    package let methods: [String]
    /// Nil if a request names none.
    package let project: String?
    /// In UTC, as `CivilTime` writes it.
    package let expires: String

    /// Nil unless the parts have their form. They are bounded before anything is made of them, and none may hold a
    /// backslash: the separator of what is signed begins with one, and a part with a separator in it could be cut
    /// into other parts under the same signature.
    package init?(paths: [String], methods: [String], project: String?, expires: String) {
        guard (1...Limits.signedPaths).contains(paths.count), (1...Limits.signedMethods).contains(methods.count),
            paths.allSatisfy(Self.isPath), methods.allSatisfy(Self.isMethod), project.map(Self.isProject) ?? true,
            CivilTime(expires) != nil
        else { return nil }
        self.paths = Self.sorted(paths)
        self.methods = Self.sorted(methods)
        self.project = project
        self.expires = expires
    }

    /// Whether a path can stand in a grant.
    package static func isPath(_ path: String) -> Bool {
        path.utf8.first == UInt8(ascii: "/") && path.utf8.count <= Limits.signedPathBytes
            && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: ",") }
    }

    /// Whether a method can stand in a grant: letters only, be there such a method or not.
    package static func isMethod(_ method: String) -> Bool {
        (1...Limits.signedMethodBytes).contains(method.utf8.count)
            && method.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xDF) && $0 < 0x80 }
    }

    /// Whether a project can stand in a grant.
    package static func isProject(_ project: String) -> Bool {
        // Four bytes are the most that a character takes.
        project.utf8.count <= Limits.projectCharacters * 4 && !project.utf8.contains(UInt8(ascii: "\\"))
    }

    /// By bytes, which for UTF-8 is the order of characters that other implementations sort by.
    private static func sorted(_ texts: [String]) -> [String] {
        texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What is signed: the parts, separated by a backslash and the letter n, which is no line feed.
    package var stringToSign: String {
        [paths.joined(separator: ","), methods.joined(separator: ","), project ?? "None", expires]
            .joined(separator: "\\n")
    }

    /// Whether the grant is for this method and for a path that is one of its own, or below one.
    ///
    /// - Parameter path: What lies between the slashes of the path, decoded, as the router takes it. What is compared
    ///   is what is routed, so no spelling of a path can mean one thing here and another there.
    package func covers(_ method: String, _ path: [String]) -> Bool {
        methods.contains { $0.utf8.elementsEqual(method.utf8) } && paths.contains { Self.covers($0, path) }
    }

    private static func covers(_ granted: String, _ path: [String]) -> Bool {
        let segments = granted.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard segments.count <= path.count else { return false }
        return zip(segments, path).allSatisfy { $0.elementsEqual($1.utf8) }
    }

    /// Whether the grant is good at this point in time: not over, and with no more of its life before it than a
    /// grant may have.
    package func isLive(at now: Timestamp, maximumSeconds: Int) -> Bool {
        guard let end = CivilTime(expires)?.timestamp else { return false }
        return now < end && end <= now.adding(seconds: maximumSeconds + Limits.signatureClockSkewSeconds)
    }
}
