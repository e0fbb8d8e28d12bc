/// The path and the query of a request, decoded.
struct Target {
    /// The version of the API that the path belongs to; the present one for paths of none.
    let version: APIVersion
    /// Between the slashes; the first slash is left out. A segment that is not decodable stays as it came.
    let segments: [String]
    /// Whether all segments could be decoded.
    let isDecodable: Bool
    /// As it came, for links.
    let path: String
    /// With its question mark, as it came; empty if there is none.
    let rawQuery: String
    let query: Query

    init(_ target: String) {
        // Over bytes: characters would cost more than all the rest.
        let bytes = target.utf8
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        path = String(target[..<mark])
        rawQuery = String(target[mark...])
        var segments: [String] = []
        segments.reserveCapacity(6)
        var isDecodable = true
        var start = bytes[..<mark].dropFirst().startIndex
        while true {
            let end = bytes[start..<mark].firstIndex(of: UInt8(ascii: "/")) ?? mark
            let raw = target[start..<end]
            if let decoded = Percent.decoded(raw) {
                segments.append(decoded)
            } else {
                segments.append(String(raw))
                isDecodable = false
            }
            guard end < mark else { break }
            start = bytes.index(after: end)
        }
        self.segments = segments
        version = segments.first.flatMap { APIVersion(segment: $0) } ?? .v2
        self.isDecodable = isDecodable
        query = Query(mark == bytes.endIndex ? "" : target[bytes.index(after: mark)...])
    }
}

/// Percent encoding (RFC 3986).
enum Percent {
    /// Nil if an escape is broken or the result is not UTF-8.
    static func decoded(_ text: some StringProtocol, plusIsBlank: Bool = false) -> String? {
        let source = text.utf8
        guard source.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var position = source.startIndex
        while position < source.endIndex {
            let byte = source[position]
            position = source.index(after: position)
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            guard let end = source.index(position, offsetBy: 2, limitedBy: source.endIndex),
                let value = UInt8(text[position..<end], radix: 16), source[position] != UInt8(ascii: "+")
            else { return nil }
            bytes.append(value)
            position = end
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Everything but unreserved characters escaped: safe as a path segment and as a query value.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
