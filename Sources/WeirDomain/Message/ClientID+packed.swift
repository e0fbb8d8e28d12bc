extension ClientID {
    /// A short form for stores: 16 bytes for a UUID in its canonical form, otherwise a zero byte and the text. Text of
    /// 15 characters is followed by another zero byte, so that its length tells the two apart.
    package var packed: [UInt8] {
        guard value.utf8.count == 36, let bits = Identifier128.bits(value),
            Identifier128.isText(value, high: bits.high, low: bits.low)
        else {
            let text = [0] + Array(value.utf8)
            return text.count == 16 ? text + [0] : text
        }
        return withUnsafeBytes(of: (bits.high.bigEndian, bits.low.bigEndian)) { Array($0) }
    }

    /// Reads back what `packed` made.
    package init(packed bytes: ArraySlice<UInt8>) {
        guard bytes.count == 16 else {
            let text = bytes.dropFirst()
            self.init(String(decoding: text.count == 16 && text.last == 0 ? text.dropLast() : text, as: UTF8.self))
            return
        }
        let (high, low) = bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.init(Identifier128.text(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)))
    }
}
