/// Which addresses requests to subscribers may go to: public ones, and those that the operator allows. Every address is
/// judged, whatever name led to it.
package struct AddressRule: Hashable, Sendable {
    /// What the operator allows beyond public addresses.
    package let allowed: [AddressRange]

    package init(allowing allowed: [AddressRange] = []) {
        self.allowed = allowed
    }

    /// Why no request may go to this address; nil if one may.
    package func objection(to address: IPAddress) -> String? {
        let meant = address.unmapped
        if let kind = Self.never.kind(of: meant) ?? Self.compatible(meant) { return kind }
        guard let kind = Self.kind(of: meant) else { return nil }
        if allowed.contains(where: { $0.contains(meant) || $0.contains(address) }) { return nil }
        return kind
    }

    /// Why no request may go to this port of a machine that is not public; nil if one may. Stores do not speak HTTP, but
    /// obey much of what reads like it.
    package func objection(to port: UInt16, of address: IPAddress) -> String? {
        guard Self.storePorts.contains(port), Self.kind(of: address.unmapped) != nil else { return nil }
        return "a port of stores"
    }

    private static let storePorts: Set<UInt16> = [6379, 6380, 26379, 27017, 27018, 27019]

    // MARK: Kinds

    /// The kind of an address that is not public; nil for a public one. One that carries a version 4 address is what
    /// that is.
    private static func kind(of address: IPAddress) -> String? {
        switch address {
        case .v4: return version4.kind(of: address)
        case .v6(let high, let low):
            // NAT64 (RFC 6052): the last 32 bits.
            if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return kind(ofEmbedded: low) }
            // 6to4 (RFC 3056): the 32 bits after the first 16.
            if high >> 48 == 0x2002 { return kind(ofEmbedded: high >> 16) }
            return version6.kind(of: address) ?? (high >> 61 == 1 ? nil : "not a global unicast address")
        }
    }

    /// A version 4 address in the form that RFC 4291 gave up. `::1` is none.
    private static func compatible(_ address: IPAddress) -> String? {
        guard case .v6(0, let low) = address, low >> 32 == 0, low > 1 else { return nil }
        return "an IPv4-compatible address"
    }

    private static func kind(ofEmbedded bits: UInt64) -> String? {
        let address = IPAddress.v4(UInt32(truncatingIfNeeded: bits))
        return never.kind(of: address) ?? kind(of: address)
    }

    /// What no operator can allow: nobody who serves requests has such an address.
    private static let never = AddressTable([
        ("unspecified", ["0.0.0.0/8", "::/128"]),
        ("multicast", ["224.0.0.0/4", "ff00::/8"]),
        ("reserved or broadcast", ["240.0.0.0/4"]),
        ("a Teredo address", ["2001::/32"]),
    ])

    private static let version4 = AddressTable([
        ("loopback", ["127.0.0.0/8"]),
        ("private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]),
        ("shared between a provider's customers", ["100.64.0.0/10"]),
        ("link-local", ["169.254.0.0/16"]),
        ("a metadata service", ["168.63.129.16"]),
        ("set aside for protocols", ["192.0.0.0/24", "192.88.99.0/24"]),
        (
            "set aside for documentation or tests",
            ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15"]
        ),
    ])

    private static let version6 = AddressTable([
        ("loopback", ["::1"]),
        ("private", ["fc00::/7"]),
        ("link-local", ["fe80::/10"]),
        ("site-local", ["fec0::/10"]),
        ("translated to addresses of a private network", ["64:ff9b:1::/48"]),
        ("set aside for protocols", ["2001::/23", "5f00::/16", "100::/64"]),
        ("set aside for documentation or tests", ["2001:db8::/32", "3fff::/20"]),
    ])
}

/// Kinds of addresses and the ranges that are of them.
private struct AddressTable: Sendable {
    private let rows: [(kind: String, ranges: [AddressRange])]

    init(_ rows: [(String, [String])]) {
        self.rows = rows.map { kind, ranges in (kind, ranges.compactMap { AddressRange($0) }) }
    }

    func kind(of address: IPAddress) -> String? {
        rows.first { $0.ranges.contains { $0.contains(address) } }?.kind
    }
}
