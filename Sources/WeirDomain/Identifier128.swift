/// The 36 characters of a UUID and their 128 bits: how message and claim ids look to clients.
package enum Identifier128 {
    /// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, lower case.
    package static func text(high: UInt64, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: length) { buffer in
            write(high: high, low: low, to: buffer)
            return length
        }
    }

    /// Appends what `text` returns, without making a string of it.
    package static func append(high: UInt64, low: UInt64, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { buffer in
            write(high: high, low: low, to: buffer)
            bytes.append(contentsOf: buffer)
        }
    }

    /// Whether this is what `text` returns.
    package static func isText(_ text: String, high: UInt64, low: UInt64) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { buffer in
            write(high: high, low: low, to: buffer)
            return text.utf8.elementsEqual(buffer)
        }
    }

    private static let length = 36

    private static func write(high: UInt64, low: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>) {
        var position = 0
        func write(_ bits: UInt64, digits: Int) {
            var shift = UInt64(digits * 4)
            while shift > 0 {
                shift -= 4
                let digit = UInt8(truncatingIfNeeded: bits >> shift) & 15
                buffer[position] = digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &- 10 &+ digit
                position += 1
            }
        }
        func writeDash() {
            buffer[position] = UInt8(ascii: "-")
            position += 1
        }
        write(high >> 32, digits: 8)
        writeDash()
        write(high >> 16, digits: 4)
        writeDash()
        write(high, digits: 4)
        writeDash()
        write(low >> 48, digits: 4)
        writeDash()
        write(low, digits: 12)
    }

    /// The bits of 32 hexadecimal digits in any case, with dashes anywhere or nowhere; nil for anything else.
    package static func bits(_ text: String) -> (high: UInt64, low: UInt64)? {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for byte in text.utf8 where byte != UInt8(ascii: "-") {
            guard digits < 32, let digit = hexadecimal(byte) else { return nil }
            if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
            digits += 1
        }
        return digits == 32 ? (high, low) : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
