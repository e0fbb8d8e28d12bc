/// Finds the ids of the messages in the answer to a list or a claim, without building a JSON tree.
///
/// Strings are stepped over with `memchr`, so large bodies cost next to nothing.
package enum MessageIDScanner {
    /// Calls `visit` with the bytes of each `id` of `{"messages": [{"id": "…"}]}`, in order; returns how
    /// many there were. Ids inside message bodies are not taken. Bytes that are not JSON give
    /// whatever was found before they went wrong.
    @discardableResult
    package static func scan(_ json: [UInt8], visit: (UnsafeRawBufferPointer) -> Void) -> Int {
        json.withUnsafeBytes { bytes in
            var found = 0
            var depth = 0
            var at = 0
            var expectsID = false
            while at < bytes.count {
                switch bytes[at] {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    expectsID = false
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    expectsID = false
                case Ascii.comma: expectsID = false
                case Ascii.quote:
                    guard let end = endOfString(bytes, from: at + 1) else { return found }
                    let text = UnsafeRawBufferPointer(rebasing: bytes[at + 1..<end])
                    if expectsID {
                        visit(text)
                        found += 1
                        expectsID = false
                    } else {
                        expectsID = depth == messageDepth && isID(text) && isKey(bytes, after: end)
                    }
                    at = end
                default: break
                }
                at += 1
            }
            return found
        }
    }

    /// The answer is an object, in it an array, in it the messages.
    private static let messageDepth = 3

    private static func isID(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count == 2 && text[0] == UInt8(ascii: "i") && text[1] == UInt8(ascii: "d")
    }

    /// A key has a colon behind it; a string that is a value has not.
    private static func isKey(_ bytes: UnsafeRawBufferPointer, after end: Int) -> Bool {
        var at = end + 1
        while at < bytes.count, isSpace(bytes[at]) {
            at += 1
        }
        return at < bytes.count && bytes[at] == Ascii.colon
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == Ascii.space || byte == Ascii.newline || byte == Ascii.carriageReturn || byte == Ascii.tab
    }

    private static func endOfString(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var at = start
        while at < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[at...])
            guard let offset = rest.firstOffset(of: Ascii.quote) else { return nil }
            let quote = at + offset
            var backslashes = 0
            while quote - backslashes > start, bytes[quote - backslashes - 1] == Ascii.backslash {
                backslashes += 1
            }
            if backslashes.isMultiple(of: 2) { return quote }
            at = quote + 1
        }
        return nil
    }
}
