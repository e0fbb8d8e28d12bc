extension JSONText {
    /// The end of a string, after its closing quote. Checks its escapes and its UTF-8. An escaped lone
    /// surrogate is legal JSON and passes.
    func endOfString(_ start: Int) throws(JSONFault) -> (end: Int, hasEscapes: Bool) {
        guard start < bytes.count, bytes[start] == ASCII.quote else { throw unexpected(start) }
        var at = start + 1
        var hasEscapes = false
        while true {
            at = WordScan.endOfPlainRun(in: bytes, from: at, stopsOutsideASCII: true)
            guard at < bytes.count else { throw unexpected(at) }
            let byte = bytes[at]
            if byte == ASCII.quote {
                return (at + 1, hasEscapes)
            } else if byte == ASCII.backslash {
                hasEscapes = true
                at = try endOfEscape(at)
            } else if byte >= 0x80 {
                at = try endOfMultibyteRun(at)
            } else {
                throw unexpected(at)
            }
        }
    }

    /// The end of a member's name and of the colon after it.
    @inline(__always)
    func endOfMemberName(_ start: Int) throws(JSONFault) -> Int {
        let colon = try pastBlanks(try endOfString(start).end)
        guard bytes[colon] == ASCII.colon else { throw unexpected(colon) }
        return colon + 1
    }

    /// Passes characters outside ASCII. Such text comes in runs, so looking at whole words can wait.
    private func endOfMultibyteRun(_ start: Int) throws(JSONFault) -> Int {
        var at = start
        while at < bytes.count, bytes[at] >= 0x80 {
            let length = UTF8Sequence.length(in: bytes, at: at)
            guard length > 0 else { throw .notUTF8(offset: at) }
            at += length
        }
        return at
    }

    private func endOfEscape(_ backslash: Int) throws(JSONFault) -> Int {
        let letter = backslash + 1
        guard letter < bytes.count else { throw unexpected(letter) }
        switch bytes[letter] {
        case ASCII.quote, ASCII.backslash, ASCII.slash, ASCII.b, ASCII.f, ASCII.n, ASCII.r, ASCII.t:
            return letter + 1
        case ASCII.u:
            for digit in letter + 1...letter + 4 {
                guard digit < bytes.count, ASCII.hexadecimal(bytes[digit]) != nil else {
                    throw unexpected(digit)
                }
            }
            return letter + 5
        default:
            throw unexpected(letter)
        }
    }
}
