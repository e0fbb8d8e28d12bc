/// Where the server under load listens: `http://host[:port]`, without TLS and without a path.
package struct Endpoint: Sendable, Equatable {
    /// Name or address, without the brackets of an IPv6 literal.
    package let host: String

    /// 1...65535; 80 if the URL names none.
    package let port: Int

    /// What the `Host` header and error texts say: `host:port`.
    package var authority: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Reads a URL. Throws `BadEndpoint` for another scheme, a path, a bad port or an impossible host.
    package init(url: String) throws(BadEndpoint) {
        let scheme = "http://"
        guard url.lowercased().hasPrefix(scheme) else {
            throw BadEndpoint(url: url, reason: "it must begin with http://")
        }
        var rest = url.dropFirst(scheme.count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let (host, port) = Self.split(rest)
        let allowed = { (byte: UInt8) in byte > 0x20 && byte < 0x7F && !"/?#@[]\\".utf8.contains(byte) }
        guard !host.isEmpty, host.utf8.allSatisfy(allowed) else {
            throw BadEndpoint(url: url, reason: "it must be http://host:port and nothing more")
        }
        self.host = String(host)
        guard let port else {
            self.port = 80
            return
        }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
            (1...65535).contains(number)
        else { throw BadEndpoint(url: url, reason: "the port must be 1...65535") }
        self.port = number
    }

    private static func split(_ text: Substring) -> (host: Substring, port: Substring?) {
        if text.first == "[", let close = text.firstIndex(of: "]") {
            let after = text[text.index(after: close)...]
            let host = text[text.index(after: text.startIndex)..<close]
            if after.isEmpty { return (host, nil) }
            return after.first == ":" ? (host, after.dropFirst()) : ("", nil)
        }
        guard let colon = text.firstIndex(of: ":") else { return (text, nil) }
        return (text[..<colon], text[text.index(after: colon)...])
    }
}

/// An endpoint URL that cannot be used, and why.
package struct BadEndpoint: Error, CustomStringConvertible, Equatable {
    /// What was given.
    package let url: String

    /// What is wrong with it.
    package let reason: String

    /// One line for people.
    package var description: String { "endpoint '\(url)': \(reason)" }
}
