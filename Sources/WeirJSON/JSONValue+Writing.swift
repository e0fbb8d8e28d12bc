extension JSONValue {
    /// Appends the value as compact UTF-8, members in order.
    package func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: JSONWriter.append(literal: "null", to: &bytes)
        case .bool(let value): JSONWriter.append(bool: value, to: &bytes)
        case .integer(let value): JSONWriter.append(integer: value, to: &bytes)
        case .number(let text): JSONWriter.append(raw: text.utf8, to: &bytes)
        case .string(let text): JSONWriter.append(string: text, to: &bytes)
        case .array(let elements):
            bytes.append(ASCII.openBracket)
            var isFirst = true
            for element in elements {
                if !isFirst { bytes.append(ASCII.comma) }
                isFirst = false
                element.write(to: &bytes)
            }
            bytes.append(ASCII.closeBracket)
        case .object(let object): object.write(to: &bytes)
        }
    }

    /// The value as compact UTF-8.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }
}

extension JSONObject {
    /// Appends the object as compact UTF-8, members in order.
    package func write(to bytes: inout [UInt8]) {
        bytes.append(ASCII.openBrace)
        var isFirst = true
        for (name, value) in self {
            if !isFirst { bytes.append(ASCII.comma) }
            isFirst = false
            JSONWriter.append(name: name, to: &bytes)
            value.write(to: &bytes)
        }
        bytes.append(ASCII.closeBrace)
    }
}
