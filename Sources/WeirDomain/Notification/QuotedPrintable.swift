/// Text beyond ASCII in mails: RFC 2045 for bodies, the Q encoding of RFC 2047 for headers.
enum QuotedPrintable {
    private static let longestLine = 76
    /// What surrounds the text of an encoded word.
    private static let opening = "=?utf-8?q?"
    private static let closing = "?="

    /// One line of a body, in lines of at most 76 characters of which all but the last end in a soft break.
    static func lines(of text: Substring) -> [String] {
        let bytes = Array(text.utf8)
        var lines = [""]
        for (index, byte) in bytes.enumerated() {
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
            let isPlain =
                (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=") || isBlank && index < bytes.count - 1
            let piece = isPlain ? String(UnicodeScalar(byte)) : escaped(byte)
            if lines[lines.count - 1].utf8.count + piece.utf8.count >= longestLine {
                lines[lines.count - 1] += "="
                lines.append("")
            }
            lines[lines.count - 1] += piece
        }
        return lines
    }

    /// Encoded words, none of which ends within a character.
    static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            let piece = String(scalar).utf8.reduce(into: "") { $0 += headerPiece($1) }
            if opening.utf8.count + word.utf8.count + piece.utf8.count + closing.utf8.count > longestLine - 1 {
                words.append(opening + word + closing)
                word = ""
            }
            word += piece
        }
        words.append(opening + word + closing)
        return words
    }

    private static func headerPiece(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            String(UnicodeScalar(byte))
        case UInt8(ascii: " "): "_"
        default: escaped(byte)
        }
    }

    private static func escaped(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.utf8.count == 1 ? "=0\(digits)" : "=\(digits)"
    }
}
