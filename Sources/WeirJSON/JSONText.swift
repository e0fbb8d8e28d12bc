/// The tokens of JSON text, as functions from where one starts to where it ends. They read nothing outside
/// `bytes`; every offset given to them must lie in `0...bytes.count`.
struct JSONText {
    let bytes: UnsafeBufferPointer<UInt8>

    /// The first byte from `start` on that is not blank. Faults if there is none.
    @inline(__always)
    func pastBlanks(_ start: Int) throws(JSONFault) -> Int {
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            if byte > ASCII.space { return at }
            guard Self.isBlank(byte) else { break }
            at += 1
        }
        throw unexpected(at)
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == ASCII.space || byte == ASCII.lineFeed || byte == ASCII.carriageReturn || byte == ASCII.tab
    }

    /// The fault of a byte that may not stand at `offset`, or of there being none.
    @inline(never)
    func unexpected(_ offset: Int) -> JSONFault {
        offset < bytes.count ? .syntax(offset: offset) : .truncated(offset: bytes.count)
    }

    /// The end of `true`, `false` or `null`.
    func endOfLiteral(_ start: Int) throws(JSONFault) -> Int {
        guard start < bytes.count else { throw unexpected(start) }
        let word: StaticString =
            switch bytes[start] {
            case ASCII.t: "true"
            case ASCII.f: "false"
            default: "null"
            }
        for index in 0..<word.utf8CodeUnitCount {
            let at = start + index
            guard at < bytes.count, bytes[at] == word.utf8Start[index] else { throw unexpected(at) }
        }
        return start + word.utf8CodeUnitCount
    }
}
