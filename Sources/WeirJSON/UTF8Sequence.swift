/// The rules of UTF-8 for one character outside ASCII (RFC 3629).
enum UTF8Sequence {
    /// Length of the sequence that starts at `offset`, 2 to 4 bytes. Zero if it is none: a stray
    /// continuation, an overlong form, a surrogate, above U+10FFFF, or cut short by the end of `bytes`.
    static func length(in bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int {
        let left = bytes.count - offset
        guard left >= 2 else { return 0 }
        let lead = bytes[offset]
        let second = bytes[offset + 1]
        switch lead {
        case 0xC2...0xDF:
            return isContinuation(second) ? 2 : 0
        case 0xE0...0xEF:
            guard left >= 3, isContinuation(second), isContinuation(bytes[offset + 2]) else { return 0 }
            if lead == 0xE0 && second < 0xA0 || lead == 0xED && second > 0x9F { return 0 }
            return 3
        case 0xF0...0xF4:
            guard left >= 4, isContinuation(second), isContinuation(bytes[offset + 2]),
                isContinuation(bytes[offset + 3])
            else { return 0 }
            if lead == 0xF0 && second < 0x90 || lead == 0xF4 && second > 0x8F { return 0 }
            return 4
        default:
            return 0
        }
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool {
        byte & 0xC0 == 0x80
    }

    /// Appends `codePoint` by the scheme of UTF-8. A surrogate gets the three bytes the scheme would give
    /// it, which is not UTF-8 but keeps different texts different.
    static func append(_ codePoint: UInt32, to bytes: inout [UInt8]) {
        func continuation(_ shift: UInt32) -> UInt8 {
            UInt8(truncatingIfNeeded: 0x80 | codePoint >> shift & 0x3F)
        }
        switch codePoint {
        case 0..<0x80:
            bytes.append(UInt8(truncatingIfNeeded: codePoint))
        case 0x80..<0x800:
            bytes.append(UInt8(truncatingIfNeeded: 0xC0 | codePoint >> 6))
            bytes.append(continuation(0))
        case 0x800..<0x1_0000:
            bytes.append(UInt8(truncatingIfNeeded: 0xE0 | codePoint >> 12))
            bytes.append(continuation(6))
            bytes.append(continuation(0))
        default:
            bytes.append(UInt8(truncatingIfNeeded: 0xF0 | codePoint >> 18))
            bytes.append(continuation(12))
            bytes.append(continuation(6))
            bytes.append(continuation(0))
        }
    }
}
