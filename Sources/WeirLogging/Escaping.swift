/// The most bytes of one value that are logged; the rest is cut and "…" stands for it.
let longestValue = 4096

/// Appends `value` as the inside of a JSON string. No control character, and nothing that any reader takes
/// for a line's end, gets through unescaped.
func appendEscaped(_ value: some StringProtocol, to bytes: inout [UInt8]) {
    let appended: Void? = value.utf8.withContiguousStorageIfAvailable { appendEscaped($0, to: &bytes) }
    if appended == nil {
        Array(value.utf8).withUnsafeBufferPointer { appendEscaped($0, to: &bytes) }
    }
}

private func appendEscaped(_ value: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    let end = cut(value)
    var copied = 0
    var index = 0
    while index < end {
        let special = specialLength(value, at: index, end: end)
        guard special > 0 else {
            index += 1
            continue
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: value[copied..<index]))
        appendEscape(value[index..<index + special], to: &bytes)
        index += special
        copied = index
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: value[copied..<end]))
    if end < value.count { bytes.append(contentsOf: "…".utf8) }
}

/// Where `value` ends once it is no longer than allowed, without splitting a character's bytes.
private func cut(_ value: UnsafeBufferPointer<UInt8>) -> Int {
    guard value.count > longestValue else { return value.count }
    var end = longestValue
    while end > 0, value[end] & 0xC0 == 0x80 { end -= 1 }
    return end
}

/// How many bytes at `index` make a character that must be escaped; 0 if the byte may stand as it is.
private func specialLength(_ value: UnsafeBufferPointer<UInt8>, at index: Int, end: Int) -> Int {
    switch value[index] {
    case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F: return 1
    // U+0080 to U+009F: more control characters, among them one that is a line's end.
    case 0xC2: return index + 1 < end && value[index + 1] < 0xA0 ? 2 : 0
    // U+2028 and U+2029: line and paragraph separator.
    case 0xE2:
        let isSeparator = index + 2 < end && value[index + 1] == 0x80 && value[index + 2] & 0xFE == 0xA8
        return isSeparator ? 3 : 0
    default: return 0
    }
}

private func appendEscape(_ character: Slice<UnsafeBufferPointer<UInt8>>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    let first = character[character.startIndex]
    switch (character.count, first) {
    case (1, UInt8(ascii: "\"")), (1, UInt8(ascii: "\\")): bytes.append(first)
    case (1, 0x0A): bytes.append(UInt8(ascii: "n"))
    case (1, 0x0D): bytes.append(UInt8(ascii: "r"))
    case (1, 0x09): bytes.append(UInt8(ascii: "t"))
    case (1, _): appendHex(UInt16(first), to: &bytes)
    case (2, _): appendHex(UInt16(character[character.startIndex + 1]), to: &bytes)
    default: appendHex(0x2000 | UInt16(character[character.startIndex + 2] & 0x3F), to: &bytes)
    }
}

private func appendHex(_ code: UInt16, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "u"))
    for shift in [12, 8, 4, 0] as [UInt16] {
        let digit = UInt8(truncatingIfNeeded: code >> shift & 0xF)
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }
}
