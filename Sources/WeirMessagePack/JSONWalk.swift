internal import WeirJSON

/// What a walk over JSON text meets.
enum JSONEvent {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number with point or exponent: where its text lies.
    case fraction(Range<Int>)
    case string(JSONStringToken)
    /// The name of the member whose value comes next.
    case name(JSONStringToken)
    case beginArray
    case beginObject
    /// The innermost open array or object ends.
    case end
}

protocol JSONVisitor {
    mutating func visit(_ event: JSONEvent, _ scanner: borrowing JSONScanner)
}

/// Walks over JSON text without a recursion.
enum JSONWalk {
    static func visit(
        _ text: UnsafeBufferPointer<UInt8>, maximumDepth: Int, _ visitor: inout some JSONVisitor
    ) throws(JSONFault) {
        var scanner = JSONScanner(text, maximumDepth: maximumDepth)
        /// What is open around the place: true for an object.
        var open: [Bool] = []
        while true {
            let hasContent = try visitValue(&scanner, &open, &visitor)
            var more = hasContent
            while !more, let isObject = open.last {
                more = isObject ? try scanner.nextMember() : try scanner.nextElement()
                guard !more else { break }
                visitor.visit(.end, scanner)
                open.removeLast()
            }
            guard let isObject = open.last else { break }
            if isObject { visitor.visit(.name(try scanner.scanMemberName()), scanner) }
        }
        try scanner.finish()
    }

    /// Takes a scalar, an empty container, or the beginning of another one; true for that.
    private static func visitValue(
        _ scanner: inout JSONScanner, _ open: inout [Bool], _ visitor: inout some JSONVisitor
    ) throws(JSONFault) -> Bool {
        switch try scanner.peek() {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = try scanner.peek() == UInt8(ascii: "{")
            let hasContent = isObject ? try scanner.beginObject() : try scanner.beginArray()
            visitor.visit(isObject ? .beginObject : .beginArray, scanner)
            if hasContent { open.append(isObject) } else { visitor.visit(.end, scanner) }
            return hasContent
        case UInt8(ascii: "\""):
            visitor.visit(.string(try scanner.scanString()), scanner)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            switch try scanner.scanLiteral() {
            case .null: visitor.visit(.null, scanner)
            case .bool(let value): visitor.visit(.bool(value), scanner)
            }
        default:
            switch try scanner.scanNumber() {
            case .integer(let value): visitor.visit(.integer(value), scanner)
            case .fraction(let range): visitor.visit(.fraction(range), scanner)
            }
        }
        return false
    }
}
