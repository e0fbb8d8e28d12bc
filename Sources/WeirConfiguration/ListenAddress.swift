internal import Glibc

/// Where the server accepts connections.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name, an IPv4 address, or an IPv6 address without brackets.
    package let host: String
    /// 0 lets the system pick a free port.
    package let port: Int

    /// `host` as `init(_:)` accepts it, without brackets.
    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT` or `[IPV6]:PORT`; nil if `text` is neither, or the port is not within 0 to 65535.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        self.port = Int(port)
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            self.host = String(host.dropFirst().dropLast())
            guard ipv6Bytes(self.host) != nil else { return nil }
        } else {
            self.host = String(host)
            guard isHostName(self.host) else { return nil }
        }
    }

    /// The text that `init` reads back.
    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// True if only this machine can connect: `localhost`, 127.0.0.0/8, or `::1`. Other names are not looked
    /// up and count as reachable from outside.
    package var isLoopback: Bool {
        if host.lowercased() == "localhost" { return true }
        if let bytes = ipv6Bytes(host) {
            let isMappedIPv4 = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            if isMappedIPv4 { return bytes[12] == 127 }
            return bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
        }
        var address = in_addr()
        guard inet_pton(AF_INET, host, &address) == 1 else { return false }
        return withUnsafeBytes(of: address) { $0[0] == 127 }
    }
}

extension ValueKind where Value == ListenAddress {
    /// An address to listen on.
    static let listenAddress = ValueKind(
        expects: "HOST:PORT or [IPV6]:PORT with a port from 0 to 65535",
        accept: { raw in
            switch raw {
            case .words(let text), .text(let text): ListenAddress(text)
            case .plain, .null, .list, .mapping: nil
            }
        },
        yaml: { yamlText($0.description) })
}

private func isHostName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 253
        && text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
}

private func ipv6Bytes(_ text: String) -> [UInt8]? {
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    return withUnsafeBytes(of: address) { Array($0) }
}
