/// Appends JSON text to a byte buffer. Output is compact UTF-8: only what JSON demands is escaped.
package enum JSONWriter {
    /// Appends `string` quoted and escaped.
    package static func append(string: String, to bytes: inout [UInt8]) {
        var string = string
        string.withUTF8 { append(utf8: $0, to: &bytes) }
    }

    /// Appends the name of a member and its colon.
    package static func append(name: String, to bytes: inout [UInt8]) {
        append(string: name, to: &bytes)
        bytes.append(ASCII.colon)
    }

    /// Appends `integer` in decimal.
    package static func append(integer: some BinaryInteger, to bytes: inout [UInt8]) {
        guard let small = Int(exactly: integer) else {
            bytes.append(contentsOf: String(integer).utf8)
            return
        }
        append(integer: small, to: &bytes)
    }

    /// Appends `integer` in decimal. Not generic: other modules would pay for that at every call.
    package static func append(integer small: Int, to bytes: inout [UInt8]) {
        if small < 0 { bytes.append(ASCII.minus) }
        var rest = small.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = 20
            repeat {
                first -= 1
                digits[first] = ASCII.zero + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: digits[first...])
        }
    }

    /// Appends the shortest text that reads back as `number`. JSON has no infinities and no NaN: they
    /// become null.
    package static func append(number: Double, to bytes: inout [UInt8]) {
        guard number.isFinite else { return append(literal: "null", to: &bytes) }
        bytes.append(contentsOf: number.description.utf8)
    }

    /// Appends `true` or `false`.
    package static func append(bool: Bool, to bytes: inout [UInt8]) {
        append(literal: bool ? "true" : "false", to: &bytes)
    }

    /// Appends an array of `count` elements, of which `element` appends each. Not generic either.
    package static func append(
        array count: Int, to bytes: inout [UInt8], _ element: (_ index: Int, _ bytes: inout [UInt8]) -> Void
    ) {
        bytes.append(ASCII.openBracket)
        for index in 0..<count {
            if index > 0 { bytes.append(ASCII.comma) }
            element(index, &bytes)
        }
        bytes.append(ASCII.closeBracket)
    }

    /// Appends bytes that are JSON already, unchanged.
    package static func append(raw: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: raw)
    }

    /// Appends text of the program that is JSON already, unchanged.
    package static func append(literal: StaticString, to bytes: inout [UInt8]) {
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}

extension JSONWriter {
    /// Appends UTF-8 text quoted and escaped. Runs without anything to escape are copied whole.
    private static func append(utf8 text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(ASCII.quote)
        var copied = 0
        while true {
            let end = WordScan.endOfPlainRun(in: text, from: copied, stopsOutsideASCII: false)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<end]))
            guard end < text.count else { break }
            append(escaped: text[end], to: &bytes)
            copied = end + 1
        }
        bytes.append(ASCII.quote)
    }

    /// Appends the escape of a quote, a backslash or any other code unit below U+10000.
    static func append(escaped byte: some FixedWidthInteger, to bytes: inout [UInt8]) {
        bytes.append(ASCII.backslash)
        switch byte {
        case 0x22: bytes.append(ASCII.quote)
        case 0x5C: bytes.append(ASCII.backslash)
        case 0x08: bytes.append(ASCII.b)
        case 0x0C: bytes.append(ASCII.f)
        case 0x0A: bytes.append(ASCII.n)
        case 0x0D: bytes.append(ASCII.r)
        case 0x09: bytes.append(ASCII.t)
        default:
            let unit = UInt32(truncatingIfNeeded: byte)
            bytes.append(ASCII.u)
            for shift: UInt32 in [12, 8, 4, 0] {
                bytes.append(ASCII.hexadecimalDigit(unit >> shift))
            }
        }
    }
}
