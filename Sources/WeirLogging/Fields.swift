/// The part of a line behind its level, field by field, in the log's format.
struct Fields: Sendable {
    let format: EventFormat
    private(set) var bytes: [UInt8] = []

    init(format: EventFormat) {
        self.format = format
    }

    /// Removes every field but keeps the memory.
    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// A field of the log's own, whose key is a plain word.
    mutating func append(_ key: StaticString, _ value: some StringProtocol) {
        appendKey(key)
        appendValue(value)
    }

    /// A field of the log's own, whose key is a plain word.
    mutating func append(_ key: StaticString, _ number: Int) {
        appendKey(key)
        appendDecimal(number, to: &bytes)
    }

    /// A field whose key is foreign too.
    mutating func append(foreign key: String, _ value: String) {
        switch format {
        case .json:
            bytes.append(contentsOf: ",\"".utf8)
            appendEscaped(key, to: &bytes)
            bytes.append(contentsOf: "\":".utf8)
        case .text:
            bytes.append(UInt8(ascii: " "))
            for byte in key.utf8.prefix(longestValue) {
                bytes.append(isBare(byte) ? byte : UInt8(ascii: "_"))
            }
            bytes.append(UInt8(ascii: "="))
        }
        appendValue(value)
    }

    private mutating func appendKey(_ key: StaticString) {
        bytes.append(format == .json ? UInt8(ascii: ",") : UInt8(ascii: " "))
        if format == .json { bytes.append(UInt8(ascii: "\"")) }
        key.withUTF8Buffer { bytes.append(contentsOf: $0) }
        if format == .json { bytes.append(UInt8(ascii: "\"")) }
        bytes.append(format == .json ? UInt8(ascii: ":") : UInt8(ascii: "="))
    }

    private mutating func appendValue(_ value: some StringProtocol) {
        let isBare = format == .text && isBareWord(value)
        if !isBare { bytes.append(UInt8(ascii: "\"")) }
        appendEscaped(value, to: &bytes)
        if !isBare { bytes.append(UInt8(ascii: "\"")) }
    }
}

/// Bytes that mean nothing special to a reader of `key=value` pairs.
private func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "="), UInt8(ascii: "\\"): false
    case 0x21...0x7E: true
    default: false
    }
}

private func isBareWord(_ value: some StringProtocol) -> Bool {
    !value.isEmpty && value.utf8.count <= longestValue && value.utf8.allSatisfy(isBare)
}

func appendDecimal(_ number: Int, to bytes: inout [UInt8]) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    let magnitude = number.magnitude
    var divisor: UInt = 1
    while magnitude / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(magnitude / divisor % 10))
        divisor /= 10
    }
}
