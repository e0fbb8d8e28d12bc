/// The path and the query of a request, decoded.
package struct Target {
    /// The version of the API that the path belongs to; the present one for paths of none.
    package let version: APIVersion
    /// Between the slashes; the first slash is left out. A segment that is not decodable stays as it came.
    package let segments: [String]
    /// Whether all segments could be decoded.
    package let isDecodable: Bool
    /// As it came, for links.
    package let path: String
    /// With its question mark, as it came; empty if there is none.
    package let rawQuery: String
    package let query: Query

    package init(_ target: String) {
        // Over bytes: characters would cost more than all the rest.
        let all = target.utf8Span.span
        let bytes = all.extracting(all.originEnd..<all.count)
        let mark = bytes.place(of: UInt8(ascii: "?"), in: 0..<bytes.count) ?? bytes.count
        path = bytes.text(0..<mark)
        rawQuery = bytes.text(mark..<bytes.count)
        var segments: [String] = []
        segments.reserveCapacity(6)
        var isDecodable = true
        var start = min(1, mark)
        while true {
            let end = bytes.place(of: UInt8(ascii: "/"), in: start..<mark) ?? mark
            if let decoded = Percent.decoded(bytes.extracting(start..<end)) {
                segments.append(decoded)
            } else {
                segments.append(bytes.text(start..<end))
                isDecodable = false
            }
            guard end < mark else { break }
            start = end + 1
        }
        self.segments = segments
        version = segments.first.flatMap { APIVersion(segment: $0) } ?? .v2
        self.isDecodable = isDecodable
        query = Query(bytes.extracting(min(mark + 1, bytes.count)..<bytes.count))
    }
}

extension Span<UInt8> {
    /// Where the path begins: behind scheme and authority if they stand there, as a proxy's client writes them (RFC 9112,
    /// section 3.2.2).
    fileprivate var originEnd: Int {
        guard count > 0, self[0] != UInt8(ascii: "/") else { return 0 }
        let text = text(0..<count)
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else { return 0 }
        let authority = scheme.utf8.count..<count
        return place(of: UInt8(ascii: "/"), in: authority) ?? 0
    }

    /// Where a byte stands first.
    func place(of byte: UInt8, in range: Range<Int>) -> Int? {
        for index in range where self[index] == byte { return index }
        return nil
    }

    /// A part of it as text.
    func text(_ range: Range<Int>) -> String {
        let part = extracting(range)
        return part.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

/// Percent encoding (RFC 3986).
package enum Percent {
    /// Nil if an escape is broken or the result is not UTF-8.
    static func decoded(_ source: Span<UInt8>, plusIsBlank: Bool = false) -> String? {
        let all = 0..<source.count
        let isPlain =
            source.place(of: UInt8(ascii: "%"), in: all) == nil
            && (!plusIsBlank || source.place(of: UInt8(ascii: "+"), in: all) == nil)
        if isPlain { return source.text(all) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.count)
        var position = 0
        while position < source.count {
            let byte = source[position]
            position += 1
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            guard position + 1 < source.count, let high = digit(source[position]), let low = digit(source[position + 1])
            else { return nil }
            bytes.append(high << 4 | low)
            position += 2
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The value of a hexadecimal digit.
    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }

    /// Everything but unreserved characters escaped: safe as a path segment and as a query value.
    package static func encoded(_ text: String) -> String {
        guard !text.utf8.allSatisfy(isUnreserved) else { return text }
        var encoded = ""
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
