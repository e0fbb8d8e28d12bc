extension JSONValue {
    /// What to do about an object that has a member twice.
    package enum Duplicates: Sendable {
        /// Fault with `.duplicateMember`.
        case refuse
        /// The place of the first and the value of the last remain.
        case lastWins
    }

    /// What a document may be at its top.
    package enum TopLevel: Sendable {
        /// Only an object or an array; `.topLevel` is the fault of anything else that is JSON.
        case container
        /// Any value.
        case anything
    }

    /// However much depth a caller allows, values are never deeper than this: reading, comparing, writing and
    /// freeing them take machine stack with each level.
    package static let deepest = 512

    /// Reads a whole document. Escaped lone surrogates become U+FFFD in strings and names.
    package static func parse(
        _ bytes: some Collection<UInt8>, maximumDepth: Int = deepest, duplicates: Duplicates = .lastWins,
        topLevel: TopLevel = .container
    ) throws(JSONFault) -> JSONValue {
        let depth = Swift.min(maximumDepth, deepest)
        let value = try JSONScanner.document(bytes, maximumDepth: depth) { (scanner) throws(JSONFault) in
            try read(from: &scanner, duplicates: duplicates)
        }
        switch (topLevel, value) {
        case (.anything, _), (_, .object), (_, .array): return value
        default: throw .topLevel
        }
    }

    /// Takes the next value. The scanner bounds how deep this goes.
    private static func read(
        from scanner: inout JSONScanner, duplicates: Duplicates
    ) throws(JSONFault) -> JSONValue {
        switch try scanner.peek() {
        case ASCII.openBrace:
            return try .object(readObject(from: &scanner, duplicates: duplicates))
        case ASCII.openBracket:
            return try .array(readArray(from: &scanner, duplicates: duplicates))
        case ASCII.quote:
            let token = try scanner.scanString()
            return .string(scanner.string(token))
        case ASCII.t, ASCII.f, ASCII.n:
            switch try scanner.scanLiteral() {
            case .null: return .null
            case .bool(let value): return .bool(value)
            }
        default:
            switch try scanner.scanNumber() {
            case .integer(let value): return .integer(value)
            case .fraction(let text): return .number(String(decoding: scanner.slice(text), as: UTF8.self))
            }
        }
    }

    private static func readObject(
        from scanner: inout JSONScanner, duplicates: Duplicates
    ) throws(JSONFault) -> JSONObject {
        var object = JSONObject()
        var more = try scanner.beginObject()
        while more {
            let name = scanner.string(try scanner.scanMemberName())
            let value = try read(from: &scanner, duplicates: duplicates)
            let earlier = object.set(name, to: value)
            if earlier != nil, case .refuse = duplicates { throw .duplicateMember(name) }
            more = try scanner.nextMember()
        }
        return object
    }

    private static func readArray(
        from scanner: inout JSONScanner, duplicates: Duplicates
    ) throws(JSONFault) -> [JSONValue] {
        var elements: [JSONValue] = []
        var more = try scanner.beginArray()
        while more {
            elements.append(try read(from: &scanner, duplicates: duplicates))
            more = try scanner.nextElement()
        }
        return elements
    }
}
