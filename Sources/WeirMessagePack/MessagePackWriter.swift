internal import WeirJSON

/// Turns JSON text into MessagePack in two walks: MessagePack says how many elements a container has before the first
/// one, so the first walk counts them.
struct MessagePackWriter {
    private let text: UnsafeBufferPointer<UInt8>
    /// Of each container, in the order in which they begin, how many elements or members it has.
    private let counts: [Int]
    private var begun = 0
    private var bytes: [UInt8] = []

    static func bytes(
        fromJSON text: UnsafeBufferPointer<UInt8>, maximumDepth: Int
    ) throws(JSONFault) -> [UInt8] {
        var counter = ElementCounter()
        try JSONWalk.visit(text, maximumDepth: maximumDepth, &counter)
        var writer = MessagePackWriter(text: text, counts: counter.counts)
        writer.bytes.reserveCapacity(text.count)
        try JSONWalk.visit(text, maximumDepth: maximumDepth, &writer)
        return writer.bytes
    }

    private init(text: UnsafeBufferPointer<UInt8>, counts: [Int]) {
        self.text = text
        self.counts = counts
    }

    private mutating func append(big value: UInt64, _ width: Int) {
        for offset in (0..<width).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * offset))) }
    }

    /// The head of a value that has a length: a short form for lengths below `shortLimit`, then one for each width.
    private mutating func append(length: Int, short: UInt8, shortLimit: Int, wide: [(head: UInt8, width: Int)]) {
        guard length >= shortLimit else { return bytes.append(short | UInt8(length)) }
        for (head, width) in wide where length < 1 << (8 * width) {
            bytes.append(head)
            return append(big: UInt64(length), width)
        }
    }

    private mutating func append(integer: Int64) {
        switch integer {
        case -32...127: bytes.append(UInt8(truncatingIfNeeded: integer))
        case 128...0xFF: bytes.append(contentsOf: [0xCC, UInt8(integer)])
        case 0x100...0xFFFF: append(0xCD, integer, 2)
        case 0x1_0000...0xFFFF_FFFF: append(0xCE, integer, 4)
        case 0x1_0000_0000...Int64.max: append(0xCF, integer, 8)
        case -0x80..<(-32): append(0xD0, integer, 1)
        case -0x8000..<(-0x80): append(0xD1, integer, 2)
        case -0x8000_0000..<(-0x8000): append(0xD2, integer, 4)
        default: append(0xD3, integer, 8)
        }
    }

    private mutating func append(_ head: UInt8, _ integer: Int64, _ width: Int) {
        bytes.append(head)
        append(big: UInt64(bitPattern: integer), width)
    }

    private mutating func append(string token: JSONStringToken, of scanner: borrowing JSONScanner) {
        if token.hasEscapes {
            append(utf8: Array(scanner.string(token).utf8)[...])
        } else {
            append(utf8: text[token.content])
        }
    }

    private mutating func append(utf8 content: some Collection<UInt8>) {
        append(
            length: content.count, short: 0xA0, shortLimit: 32, wide: [(0xD9, 1), (0xDA, 2), (0xDB, 4)])
        bytes.append(contentsOf: content)
    }
}

extension MessagePackWriter: JSONVisitor {
    mutating func visit(_ event: JSONEvent, _ scanner: borrowing JSONScanner) {
        switch event {
        case .null: bytes.append(0xC0)
        case .bool(let value): bytes.append(value ? 0xC3 : 0xC2)
        case .integer(let value): append(integer: value)
        case .fraction(let range):
            bytes.append(0xCB)
            let value = Double(String(decoding: UnsafeBufferPointer(rebasing: text[range]), as: UTF8.self))
            append(big: (value ?? 0).bitPattern, 8)
        case .name(let token), .string(let token): append(string: token, of: scanner)
        case .beginArray:
            append(length: counts[begun], short: 0x90, shortLimit: 16, wide: [(0xDC, 2), (0xDD, 4)])
            begun += 1
        case .beginObject:
            append(length: counts[begun], short: 0x80, shortLimit: 16, wide: [(0xDE, 2), (0xDF, 4)])
            begun += 1
        case .end: break
        }
    }
}

/// Counts what each container holds.
private struct ElementCounter: JSONVisitor {
    private(set) var counts: [Int] = []
    /// The containers around the place, as positions in `counts`.
    private var open: [Int] = []

    mutating func visit(_ event: JSONEvent, _ scanner: borrowing JSONScanner) {
        switch event {
        case .name: return
        case .end:
            open.removeLast()
            return
        default: if let last = open.last { counts[last] += 1 }
        }
        switch event {
        case .beginArray, .beginObject:
            open.append(counts.count)
            counts.append(0)
        default: return
        }
    }
}
