/// The code points of a string's content, escapes resolved. Two escapes that form a surrogate pair are one
/// code point; a surrogate on its own is given as it is. The content must have passed a `JSONScanner`.
struct CodePoints: Sequence, IteratorProtocol {
    private let content: UnsafeBufferPointer<UInt8>
    private var at = 0

    init(_ content: UnsafeBufferPointer<UInt8>) {
        self.content = content
    }

    static func isSurrogate(_ codePoint: UInt32) -> Bool {
        0xD800...0xDFFF ~= codePoint
    }

    mutating func next() -> UInt32? {
        guard at < content.count else { return nil }
        let byte = content[at]
        guard byte != ASCII.backslash else { return escaped() }
        let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        guard length > 1 else {
            at += 1
            return UInt32(byte)
        }
        var codePoint = UInt32(byte) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            codePoint = codePoint << 6 | UInt32(content[at + offset] & 0x3F)
        }
        at += length
        return codePoint
    }

    private mutating func escaped() -> UInt32 {
        let letter = content[at + 1]
        guard letter == ASCII.u else {
            at += 2
            return switch letter {
            case ASCII.b: 0x08
            case ASCII.f: 0x0C
            case ASCII.n: 0x0A
            case ASCII.r: 0x0D
            case ASCII.t: 0x09
            default: UInt32(letter)
            }
        }
        let unit = hexadecimal(at: at)
        at += 6
        guard 0xD800...0xDBFF ~= unit, content.count - at >= 6, content[at] == ASCII.backslash,
            content[at + 1] == ASCII.u
        else { return unit }
        let low = hexadecimal(at: at)
        guard 0xDC00...0xDFFF ~= low else { return unit }
        at += 6
        return 0x1_0000 + (unit & 0x3FF) << 10 + (low & 0x3FF)
    }

    /// The value of the four digits of the escape that starts at `backslash`.
    private func hexadecimal(at backslash: Int) -> UInt32 {
        var value: UInt32 = 0
        for digit in backslash + 2..<backslash + 6 {
            value = value << 4 | (ASCII.hexadecimal(content[digit]) ?? 0)
        }
        return value
    }
}
