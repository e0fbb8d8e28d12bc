/// Walks over the strings of a JSON document without building a tree.
///
/// Strings are stepped over with `memchr`, so large ones cost next to nothing. Bytes that are not JSON give
/// whatever was found before they went wrong.
enum JSONStrings {
    enum Event {
        /// A string that is a value, `depth` brackets deep; in an object with its key, in an array without.
        case value(UnsafeRawBufferPointer, key: UnsafeRawBufferPointer?, depth: Int)

        /// The end of an object or array whose members were `depth` brackets deep.
        case close(depth: Int)
    }

    /// Calls `visit` with each event, in the order of the document. The bytes are as written, escapes and all.
    static func walk(_ json: [UInt8], visit: (Event) -> Void) {
        json.withUnsafeBytes { bytes in
            var depth = 0
            var at = 0
            var key: UnsafeRawBufferPointer?
            while at < bytes.count {
                switch bytes[at] {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    key = nil
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    visit(.close(depth: depth))
                    depth -= 1
                    key = nil
                case Ascii.comma: key = nil
                case Ascii.quote:
                    guard let end = endOfString(bytes, from: at + 1) else { return }
                    let text = UnsafeRawBufferPointer(rebasing: bytes[at + 1..<end])
                    if key == nil && isKey(bytes, after: end) {
                        key = text
                    } else {
                        visit(.value(text, key: key, depth: depth))
                        key = nil
                    }
                    at = end
                default: break
                }
                at += 1
            }
        }
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

extension UnsafeRawBufferPointer {
    /// Whether these are the bytes of an ASCII literal.
    func equals(_ literal: StaticString) -> Bool {
        count == literal.utf8CodeUnitCount
            && elementsEqual(UnsafeBufferPointer(start: literal.utf8Start, count: count))
    }
}
