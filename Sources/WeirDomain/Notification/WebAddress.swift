/// Where a subscriber's requests go: an `http` or `https` URI, taken apart by stricter rules than most programs have, so
/// that no two programs on the way can read it differently.
package struct WebAddress: Hashable, Sendable {
    /// A name that is yet to be looked up, or an address.
    package enum Host: Hashable, Sendable {
        /// Lower case letters, digits, hyphens, underscores and dots.
        case name(String)
        case address(IPAddress)
    }

    package let isSecure: Bool
    package let host: Host
    package let port: UInt16
    /// Path and query, beginning with a slash.
    package let target: String

    /// - Throws: what is wrong with the text.
    package init(_ text: String) throws(DeliveryFault) {
        guard text.utf8.count <= Limits.subscriberURIBytes else {
            throw DeliveryFault("the URI is longer than \(Limits.subscriberURIBytes) bytes")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Self.neverInURIs.contains($0) }) else {
            throw DeliveryFault("the URI has characters that must be percent-encoded")
        }
        let (scheme, rest) = try Self.split(text)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let (host, port) = try Self.authority(rest[..<end])
        isSecure = scheme == "https"
        self.host = host
        self.port = port ?? (isSecure ? 443 : 80)
        let target = rest[end...].prefix { $0 != "#" }
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// `"`, `<`, `>`, `\`, `^`, `` ` ``, `{`, `|` and `}`.
    private static let neverInURIs: Set<UInt8> = [0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D]

    private static func split(_ text: String) throws(DeliveryFault) -> (scheme: String, rest: Substring) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw DeliveryFault("the URI must begin with http:// or https://")
        }
        let scheme = text[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw DeliveryFault("the URI must begin with http:// or https://")
        }
        return (scheme, text[colon...].dropFirst(3))
    }

    private static func authority(_ text: Substring) throws(DeliveryFault) -> (Host, UInt16?) {
        guard !text.contains("@") else { throw DeliveryFault("the URI must not name a user") }
        guard !text.contains("%") else { throw DeliveryFault("the host must not be percent-encoded or have a zone") }
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else {
                throw DeliveryFault("the host lacks its closing bracket")
            }
            let inside = String(text[text.index(after: text.startIndex)..<close])
            guard let address = IPAddress(inside), case .v6 = address else {
                throw DeliveryFault("the host in brackets is no IPv6 address")
            }
            return (.address(address), try port(text[close...].dropFirst()))
        }
        let end = text.firstIndex(of: ":") ?? text.endIndex
        return (try host(String(text[..<end]).lowercased()), try port(text[end...]))
    }

    private static func port(_ text: Substring) throws(DeliveryFault) -> UInt16? {
        guard !text.isEmpty else { return nil }
        let digits = text.dropFirst()
        guard text.first == ":", digits.first != "0", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { throw DeliveryFault("the port must be a number from 1 to 65535") }
        return port
    }

    /// A name whose last part reads like a number is an address in the eyes of some programs, so it has to be one in the
    /// eyes of all.
    private static func host(_ text: String) throws(DeliveryFault) -> Host {
        if let address = IPAddress(text), case .v4 = address { return .address(address) }
        guard (1...253).contains(text.utf8.count) else { throw DeliveryFault("the host must have 1 to 253 characters") }
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let hyphen = UInt8(ascii: "-")
        for label in labels {
            guard (1...63).contains(label.count), label.first != hyphen, label.last != hyphen,
                label.allSatisfy(isOfName)
            else { throw DeliveryFault("the host is neither a name nor an address in its usual spelling") }
        }
        if let last = labels.last, last.first.map({ (0x30...0x39).contains($0) }) ?? false {
            throw DeliveryFault("the host is neither a name nor an address in its usual spelling")
        }
        return .name(text)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // MARK: Writing

    /// The host as a URI spells it.
    package var hostText: String {
        switch host {
        case .name(let name): name
        case .address(let address): address.uriText
        }
    }

    /// The whole URI, written anew.
    package var text: String {
        "\(isSecure ? "https" : "http")://\(hostText):\(port)\(target)"
    }
}

extension IPAddress {
    /// As a URI spells it: a version 6 address in brackets.
    package var uriText: String {
        switch self {
        case .v4: text
        case .v6: "[\(text)]"
        }
    }
}
