/// Looks at eight bytes at once. Nearly all bytes of nearly all strings need no attention, and asking
/// that of whole words is several times faster than asking it of each byte.
enum WordScan {
    private static let size = 8
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The first byte from `start` on that is a quote, a backslash, a control character or, if
    /// `stopsOutsideASCII`, not ASCII. The end of `bytes` if there is none.
    @inline(__always)
    static func endOfPlainRun(
        in bytes: UnsafeBufferPointer<UInt8>, from start: Int, stopsOutsideASCII: Bool
    ) -> Int {
        var at = start
        // Most strings are short, and end within the first word.
        if bytes.count - at >= size {
            let flags = self.flags(load(bytes, at: at), stopsOutsideASCII) & highBits
            if flags != 0 { return at + flags.trailingZeroBitCount >> 3 }
            at += size
        }
        // Long ones: four words a turn while nothing stands out; which byte did is only worked out below.
        while bytes.count - at >= 4 * size {
            let flags =
                self.flags(load(bytes, at: at), stopsOutsideASCII)
                | self.flags(load(bytes, at: at + size), stopsOutsideASCII)
                | self.flags(load(bytes, at: at + 2 * size), stopsOutsideASCII)
                | self.flags(load(bytes, at: at + 3 * size), stopsOutsideASCII)
            guard flags & highBits == 0 else { break }
            at += 4 * size
        }
        while bytes.count - at >= size {
            let flags = self.flags(load(bytes, at: at), stopsOutsideASCII) & highBits
            if flags != 0 { return at + flags.trailingZeroBitCount >> 3 }
            at += size
        }
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash { break }
            if stopsOutsideASCII && byte >= 0x80 { break }
            at += 1
        }
        return at
    }

    /// The eight bytes at `offset`, the first in the lowest bits.
    @inline(__always)
    private static func load(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> UInt64 {
        let raw = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return UInt64(littleEndian: raw)
    }

    /// Sets the high bit of each byte that must be looked at. The lowest one set is exact; borrows make
    /// those above it unreliable. Other bits mean nothing.
    @inline(__always)
    private static func flags(_ word: UInt64, _ stopsOutsideASCII: Bool) -> UInt64 {
        let quote = (word ^ ones &* UInt64(ASCII.quote)) &- ones
        let backslash = (word ^ ones &* UInt64(ASCII.backslash)) &- ones
        let control = word &- ones &* 0x20
        let anyOfThem = quote | backslash | control
        // A byte with its high bit set looks like a match to the subtractions.
        return stopsOutsideASCII ? anyOfThem | word : anyOfThem & ~word
    }
}
