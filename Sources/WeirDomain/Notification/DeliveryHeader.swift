/// A header that a subscriber wants to get with each request.
package struct DeliveryHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    /// - Throws: what is wrong. A header that says where a request goes or how long it is belongs to whoever sends it.
    package init(name: String, value: String) throws(DeliveryFault) {
        guard (1...Limits.deliveryHeaderNameBytes).contains(name.utf8.count), name.utf8.allSatisfy(Self.isOfToken)
        else {
            throw DeliveryFault(
                "a header's name is 1 to \(Limits.deliveryHeaderNameBytes) letters, digits or !#$%&'*+-.^_`|~")
        }
        guard !Self.forbidden.contains(name.lowercased()) else {
            throw DeliveryFault("the header \(name) cannot be set")
        }
        guard value.utf8.count <= Limits.deliveryHeaderValueBytes else {
            throw DeliveryFault("the header \(name) is longer than \(Limits.deliveryHeaderValueBytes) bytes")
        }
        guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else {
            throw DeliveryFault("the header \(name) has characters that headers cannot have")
        }
        let blanks: Set<Character> = [" ", "\t"]
        let start = value.firstIndex { !blanks.contains($0) } ?? value.endIndex
        let end = value.lastIndex { !blanks.contains($0) }.map { value.index(after: $0) } ?? start
        self.name = name
        self.value = String(value[start..<end])
    }

    /// Two headers are the same one whatever the case of their names.
    package func isNamed(_ other: String) -> Bool {
        name.lowercased() == other.lowercased()
    }

    private static let forbidden: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "proxy-connection", "te", "trailer",
        "upgrade", "expect", "proxy-authorization", "proxy-authenticate", "http2-settings", "webhook-id",
        "webhook-timestamp", "webhook-signature",
    ]

    /// RFC 9110, section 5.6.2.
    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension DeliveryHeader {
    /// A header of the service's own, which is known to keep the rules.
    package init(ours name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
