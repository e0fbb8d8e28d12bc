/// All addresses that begin with the same bits.
package struct AddressRange: Hashable, Sendable {
    private let first: IPAddress
    private let bits: Int

    private init(first: IPAddress, bits: Int) {
        self.first = first
        self.bits = bits
    }

    /// Reads `10.0.0.0/8`, `fd00::/8`, or one address. Nil if the text is none of these, or names bits beyond the
    /// prefix: an operator who wrote such may have meant something else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first.map(String.init).flatMap(IPAddress.init) else { return nil }
        var bits = first.width
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), let given = Int(parts[1]),
                given <= bits
            else { return nil }
            bits = given
        }
        guard first.masked(bits) == first else { return nil }
        self.init(first: first, bits: bits)
    }

    /// Whether the address begins like the range. A version 4 address is in no range of version 6.
    package func contains(_ address: IPAddress) -> Bool {
        address.width == first.width && address.masked(bits) == first
    }
}

extension IPAddress {
    fileprivate var width: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The first `bits` bits, followed by zeros.
    fileprivate func masked(_ bits: Int) -> IPAddress {
        switch self {
        case .v4(let value):
            return .v4(value & (bits == 0 ? 0 : ~0 << UInt32(32 - bits)))
        case .v6(let high, let low):
            let upper = min(bits, 64)
            let lower = max(bits - 64, 0)
            return .v6(
                high & (upper == 0 ? 0 : ~0 << UInt64(64 - upper)), low & (lower == 0 ? 0 : ~0 << UInt64(64 - lower)))
        }
    }
}
