internal import Glibc

extension ValueKind where Value == [String] {
    /// Ranges of addresses, `10.1.0.0/16` or `fd00::/8`, and single addresses.
    static var addressRanges: Self {
        list(of: "ranges of addresses such as 10.1.0.0/16, with nothing but zeros behind the prefix", where: isRange)
    }
}

/// Bits beyond the prefix are refused: an operator who wrote some may have meant something else.
private func isRange(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = bytes(ofAddress: String(parts[0])) else { return false }
    guard parts.count == 2 else { return true }
    guard parts[1].utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains), let bits = Int(parts[1]) else {
        return false
    }
    let size = address.count * 8
    return bits <= size && (bits..<size).allSatisfy { address[$0 / 8] & (0x80 >> UInt8($0 % 8)) == 0 }
}

/// Four bytes or sixteen; nil if it is no address.
private func bytes(ofAddress text: String) -> [UInt8]? {
    for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
        var bytes = [UInt8](repeating: 0, count: size)
        if inet_pton(family, text, &bytes) == 1 { return bytes }
    }
    return nil
}
