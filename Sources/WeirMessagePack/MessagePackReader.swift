internal import WeirJSON

/// Walks once over MessagePack and writes JSON. It never reads outside the buffer, whatever that holds, and believes no
/// count before the bytes are there.
struct MessagePackReader {
    private struct Container {
        let isMap: Bool
        /// Elements or members that have not begun.
        var left: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private(set) var json: [UInt8] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        json.reserveCapacity(bytes.count + bytes.count / 4)
    }

    /// A loop, not a recursion: how deep a document is costs no machine stack.
    mutating func readDocument(maximumDepth: Int) throws(MessagePackFault) {
        var open: [Container] = []
        while true {
            if let container = try readValue() {
                guard open.count < maximumDepth else { throw .tooDeep(limit: maximumDepth) }
                json.append(container.isMap ? UInt8(ascii: "{") : UInt8(ascii: "["))
                open.append(container)
            } else if let last = open.last, last.left > 0 {
                json.append(UInt8(ascii: ","))
            }
            while let last = open.last, last.left == 0 {
                json.append(last.isMap ? UInt8(ascii: "}") : UInt8(ascii: "]"))
                open.removeLast()
                if let outer = open.last, outer.left > 0 { json.append(UInt8(ascii: ",")) }
            }
            guard let last = open.indices.last else { break }
            open[last].left -= 1
            if open[last].isMap {
                try readKey()
                json.append(UInt8(ascii: ":"))
            }
        }
        guard position == bytes.count else { throw .trailing(offset: position) }
    }

    /// Takes a scalar whole, of a container only its head.
    private mutating func readValue() throws(MessagePackFault) -> Container? {
        let start = position
        let head = try readByte()
        switch head {
        case 0x00...0x7F: append(integer: Int64(head))
        case 0xE0...0xFF: append(integer: Int64(Int8(bitPattern: head)))
        case 0x80...0x8F: return try container(isMap: true, UInt64(head & 0x0F))
        case 0x90...0x9F: return try container(isMap: false, UInt64(head & 0x0F))
        case 0xC0: JSONWriter.append(literal: "null", to: &json)
        case 0xC2: JSONWriter.append(literal: "false", to: &json)
        case 0xC3: JSONWriter.append(literal: "true", to: &json)
        case 0xCA: try append(number: Double(Float(bitPattern: UInt32(try readBig(4)))), start)
        case 0xCB: try append(number: Double(bitPattern: try readBig(8)), start)
        case 0xCC...0xCF:
            guard let integer = Int64(exactly: try readBig(1 << Int(head & 3))) else {
                throw .integerOutOfRange(offset: start)
            }
            append(integer: integer)
        case 0xD0...0xD3: append(integer: try readSigned(1 << Int(head & 3)))
        case 0xDC, 0xDD: return try container(isMap: false, readBig(head == 0xDC ? 2 : 4))
        case 0xDE, 0xDF: return try container(isMap: true, readBig(head == 0xDE ? 2 : 4))
        default:
            guard let length = try lengthOfString(head) else { throw .noCounterpart(offset: start) }
            try append(stringOf: length, start)
        }
        return nil
    }

    private mutating func readKey() throws(MessagePackFault) {
        let start = position
        guard let length = try lengthOfString(try readByte()) else { throw .keyNotString(offset: start) }
        try append(stringOf: length, start)
    }

    /// How long the string is that begins with this byte; nil if it begins no string and no binary data.
    private mutating func lengthOfString(_ head: UInt8) throws(MessagePackFault) -> UInt64? {
        switch head {
        case 0xA0...0xBF: UInt64(head & 0x1F)
        case 0xC4, 0xD9: try readBig(1)
        case 0xC5, 0xDA: try readBig(2)
        case 0xC6, 0xDB: try readBig(4)
        default: nil
        }
    }

    private func container(isMap: Bool, _ count: UInt64) throws(MessagePackFault) -> Container {
        // Each element takes a byte at least, each member two.
        guard count * (isMap ? 2 : 1) <= UInt64(bytes.count - position) else { throw .truncated(offset: bytes.count) }
        return Container(isMap: isMap, left: Int(count))
    }

    // MARK: Scalars

    private mutating func readByte() throws(MessagePackFault) -> UInt8 {
        guard position < bytes.count else { throw .truncated(offset: bytes.count) }
        position += 1
        return bytes[position - 1]
    }

    /// An unsigned integer of so many bytes, the highest first.
    private mutating func readBig(_ width: Int) throws(MessagePackFault) -> UInt64 {
        guard bytes.count - position >= width else { throw .truncated(offset: bytes.count) }
        var value: UInt64 = 0
        for offset in 0..<width { value = value << 8 | UInt64(bytes[position + offset]) }
        position += width
        return value
    }

    private mutating func readSigned(_ width: Int) throws(MessagePackFault) -> Int64 {
        let unused = UInt64(64 - 8 * width)
        return Int64(bitPattern: try readBig(width) << unused) >> Int64(unused)
    }

    private mutating func append(integer: Int64) {
        JSONWriter.append(integer: Int(integer), to: &json)
    }

    private mutating func append(number: Double, _ start: Int) throws(MessagePackFault) {
        guard number.isFinite else { throw .notFinite(offset: start) }
        JSONWriter.append(number: number, to: &json)
    }

    private mutating func append(stringOf length: UInt64, _ start: Int) throws(MessagePackFault) {
        guard length <= UInt64(bytes.count - position) else { throw .truncated(offset: bytes.count) }
        let end = position + Int(length)
        guard let text = String(validating: UnsafeBufferPointer(rebasing: bytes[position..<end]), as: UTF8.self) else {
            throw .notUTF8(offset: start)
        }
        position = end
        JSONWriter.append(string: text, to: &json)
    }
}
