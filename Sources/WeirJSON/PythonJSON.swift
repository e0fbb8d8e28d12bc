/// Writes JSON the way Python's `json.dumps(json.loads(text))` does, for checksums that other
/// implementations compute over that text: separators `", "` and `": "`, ASCII only, floats in their
/// shortest form, and of members with the same name the place of the first and the value of the last.
package enum PythonJSON {
    /// However much depth a caller allows, no more than this is read: each level takes machine stack.
    package static let deepest = 512

    /// The text for one JSON value of any kind, in time proportional to its size and depth.
    package static func text(
        of bytes: some Collection<UInt8>, maximumDepth: Int
    ) throws(JSONFault) -> [UInt8] {
        var writer = PythonWriter()
        writer.bytes.reserveCapacity(bytes.count + bytes.count / 8)
        let depth = min(maximumDepth, deepest)
        try JSONScanner.document(bytes, maximumDepth: depth) { (scanner) throws(JSONFault) in
            try writer.write(from: &scanner)
        }
        return writer.bytes
    }
}

private struct PythonWriter {
    var bytes: [UInt8] = []

    mutating func write(from scanner: inout JSONScanner) throws(JSONFault) {
        switch try scanner.peek() {
        case ASCII.openBrace:
            try writeObject(from: &scanner)
        case ASCII.openBracket:
            try writeArray(from: &scanner)
        case ASCII.quote:
            write(try scanner.scanString(), of: scanner)
        case ASCII.t, ASCII.f, ASCII.n:
            let word = try scanner.skipValue()
            bytes.append(contentsOf: scanner.slice(word))
        default:
            switch try scanner.scanNumber() {
            case .integer(let value): JSONWriter.append(integer: value, to: &bytes)
            case .fraction(let text): PythonFloat.append(scanner.slice(text), to: &bytes)
            }
        }
    }

    private mutating func writeArray(from scanner: inout JSONScanner) throws(JSONFault) {
        bytes.append(ASCII.openBracket)
        var more = try scanner.beginArray()
        while more {
            try write(from: &scanner)
            more = try scanner.nextElement()
            if more { separate(ASCII.comma) }
        }
        bytes.append(ASCII.closeBracket)
    }

    private mutating func writeObject(from scanner: inout JSONScanner) throws(JSONFault) {
        let start = bytes.count
        bytes.append(ASCII.openBrace)
        var members = WrittenMembers()
        var more = try scanner.beginObject()
        while more {
            let nameStart = bytes.count
            write(try scanner.scanMemberName(), of: scanner)
            let name = nameStart..<bytes.count
            separate(ASCII.colon)
            let valueStart = bytes.count
            try write(from: &scanner)
            members.add(name: name, value: valueStart..<bytes.count, in: bytes)
            more = try scanner.nextMember()
            if more { separate(ASCII.comma) }
        }
        bytes.append(ASCII.closeBrace)
        if members.hasDuplicates { rewrite(members, from: start) }
    }

    /// Writes an object again without the members that later ones replaced. Once for each object: moving
    /// bytes for each duplicate would let a client make this slow.
    private mutating func rewrite(_ members: WrittenMembers, from start: Int) {
        let first = Array(bytes[start...])
        bytes.removeSubrange(start...)
        bytes.append(ASCII.openBrace)
        for (position, member) in members.all.enumerated() {
            if position > 0 { separate(ASCII.comma) }
            bytes.append(contentsOf: first[member.name.lowerBound - start..<member.name.upperBound - start])
            separate(ASCII.colon)
            bytes.append(contentsOf: first[member.value.lowerBound - start..<member.value.upperBound - start])
        }
        bytes.append(ASCII.closeBrace)
    }

    private mutating func separate(_ separator: UInt8) {
        bytes.append(separator)
        bytes.append(ASCII.space)
    }

    private mutating func write(_ token: JSONStringToken, of scanner: borrowing JSONScanner) {
        let content = scanner.slice(token.content)
        bytes.append(ASCII.quote)
        defer { bytes.append(ASCII.quote) }
        let plain = WordScan.endOfPlainRun(in: content, from: 0, stopsOutsideASCII: true)
        if plain == content.count, !content.contains(0x7F) {
            bytes.append(contentsOf: content)
            return
        }
        for codePoint in CodePoints(content) {
            switch codePoint {
            case 0x22, 0x5C:
                JSONWriter.append(escaped: codePoint, to: &bytes)
            case 0x20..<0x7F:
                bytes.append(UInt8(truncatingIfNeeded: codePoint))
            case 0x1_0000...:
                let offset = codePoint - 0x1_0000
                JSONWriter.append(escaped: 0xD800 | offset >> 10, to: &bytes)
                JSONWriter.append(escaped: 0xDC00 | offset & 0x3FF, to: &bytes)
            default:
                JSONWriter.append(escaped: codePoint, to: &bytes)
            }
        }
    }
}

/// Where the members of one object were written. Their names, all in the same escaped form, are equal
/// exactly if the names are.
private struct WrittenMembers {
    private(set) var all: [(name: Range<Int>, value: Range<Int>)] = []
    private(set) var hasDuplicates = false
    private var index: [[UInt8]: Int] = [:]

    mutating func add(name: Range<Int>, value: Range<Int>, in bytes: [UInt8]) {
        let key = Array(bytes[name])
        if let earlier = index[key] {
            all[earlier].value = value
            hasDuplicates = true
        } else {
            index[key] = all.count
            all.append((name, value))
        }
    }
}
