/// Walks once over JSON text (RFC 8259, strictly) without building anything. Everything it passes is
/// checked: grammar, UTF-8, that integers fit signed 64 bit, and depth. It never reads outside the buffer,
/// whatever that holds, and needs the same little machine stack for every document.
///
/// A caller pulls: `peek` tells what comes, then one of `beginObject`, `beginArray`, `scanString`,
/// `scanNumber`, `scanLiteral` or `skipValue` takes it. After the outermost value, `finish`. The buffer must
/// outlive the scanner. After a fault the position means nothing and the scanner should be dropped.
package struct JSONScanner: ~Copyable {
    let text: JSONText
    /// How many arrays and objects may lie in each other.
    package let maximumDepth: Int
    /// Offset of the next byte to read.
    package private(set) var position = 0
    /// How many arrays and objects are open.
    package private(set) var depth = 0

    /// `[[1]]` is two deep. With a `maximumDepth` of zero only scalars pass.
    package init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        text = JSONText(bytes: bytes)
        self.maximumDepth = maximumDepth
    }

    /// The next byte that is not blank. It stays unread.
    @inline(__always)
    package mutating func peek() throws(JSONFault) -> UInt8 {
        position = try text.pastBlanks(position)
        return text.bytes[position]
    }

    /// Demands that nothing but blanks is left.
    package mutating func finish() throws(JSONFault) {
        while position < text.bytes.count {
            guard JSONText.isBlank(text.bytes[position]) else { throw .syntax(offset: position) }
            position += 1
        }
    }

    /// Takes one whole value of any kind. Returns where it lies, without blanks around it.
    package mutating func skipValue() throws(JSONFault) -> Range<Int> {
        let start = try text.pastBlanks(position)
        position = try text.endOfValue(start, room: maximumDepth - depth, limit: maximumDepth)
        return start..<position
    }

    /// Takes a string.
    package mutating func scanString() throws(JSONFault) -> JSONStringToken {
        let start = try text.pastBlanks(position)
        let (end, hasEscapes) = try text.endOfString(start)
        position = end
        return JSONStringToken(content: start + 1..<end - 1, hasEscapes: hasEscapes)
    }

    /// Takes a number.
    package mutating func scanNumber() throws(JSONFault) -> JSONNumberToken {
        let start = try text.pastBlanks(position)
        let number = try text.number(start)
        position = number.end
        return number.integer.map { .integer($0) } ?? .fraction(start..<number.end)
    }

    /// Takes `true`, `false` or `null`.
    package mutating func scanLiteral() throws(JSONFault) -> JSONLiteralToken {
        let start = try text.pastBlanks(position)
        position = try text.endOfLiteral(start)
        switch text.bytes[start] {
        case ASCII.t: return .bool(true)
        case ASCII.f: return .bool(false)
        default: return .null
        }
    }
}

extension JSONScanner {
    /// Opens an object. True if a member follows: take it with `scanMemberName` and its value, then ask
    /// `nextMember`. False if the object was empty; it is closed then.
    package mutating func beginObject() throws(JSONFault) -> Bool {
        try begin(ASCII.openBrace, closing: ASCII.closeBrace)
    }

    /// Opens an array. True if an element follows: take it, then ask `nextElement`. False if the array was
    /// empty; it is closed then.
    package mutating func beginArray() throws(JSONFault) -> Bool {
        try begin(ASCII.openBracket, closing: ASCII.closeBracket)
    }

    /// Takes the comma before the next member and returns true, or closes the object and returns false.
    package mutating func nextMember() throws(JSONFault) -> Bool {
        try next(orClose: ASCII.closeBrace)
    }

    /// Takes the comma before the next element and returns true, or closes the array and returns false.
    package mutating func nextElement() throws(JSONFault) -> Bool {
        try next(orClose: ASCII.closeBracket)
    }

    /// Takes the name of a member and the colon after it.
    package mutating func scanMemberName() throws(JSONFault) -> JSONStringToken {
        let name = try scanString()
        guard try peek() == ASCII.colon else { throw text.unexpected(position) }
        position += 1
        return name
    }

    @inline(__always)
    private mutating func begin(_ opening: UInt8, closing: UInt8) throws(JSONFault) -> Bool {
        guard try peek() == opening else { throw text.unexpected(position) }
        guard depth < maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        position += 1
        guard try peek() == closing else {
            depth += 1
            return true
        }
        position += 1
        return false
    }

    @inline(__always)
    private mutating func next(orClose closing: UInt8) throws(JSONFault) -> Bool {
        let byte = try peek()
        guard byte == ASCII.comma || byte == closing else { throw text.unexpected(position) }
        position += 1
        guard byte == closing else { return true }
        depth -= 1
        return false
    }
}
