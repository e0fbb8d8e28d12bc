internal import WeirDomain
internal import WeirJSON

/// A request: its parts as ranges of its JSON text, so that the answer can repeat them and a message body stays the
/// bytes that came.
struct SocketRequest {
    let text: [UInt8]
    private let members: SocketMembers

    /// - Throws: if it is not JSON, or no object, or has one of its members twice.
    init(_ text: [UInt8]) throws(SocketFault) {
        self.text = text
        let range = try SocketFault.readable { () throws(JSONFault) in
            try JSONScanner.validate(text, maximumDepth: Limits.jsonDepth)
        }
        guard text[range.lowerBound] == UInt8(ascii: "{") else { throw .unreadable("The request must be a JSON object.") }
        members = try SocketFault.readable { () throws(JSONFault) in try SocketMembers(text, range) }
    }

    var action: Range<Int>? { members.range("action") }
    /// The action's name, or the text of what stands in its place.
    var actionName: String {
        guard let range = action else { return "null" }
        let name = try? members.value("action")?.stringValue
        return name ?? String(decoding: text[range].prefix(64), as: UTF8.self)
    }

    var headers: Range<Int>? { members.range("headers") }
    var body: Range<Int>? { members.range("body") }
}

/// The members of a JSON object, as ranges of the text that it stands in.
struct SocketMembers {
    private let text: [UInt8]
    private let ranges: [String: Range<Int>]

    init(_ text: [UInt8]) {
        self.text = text
        ranges = [:]
    }

    /// - Parameter range: An object; anything else is a fault.
    init(_ text: [UInt8], _ range: Range<Int>) throws(JSONFault) {
        self.text = text
        ranges = try JSONScanner.document(text[range], maximumDepth: Limits.jsonDepth) { (scanner) throws(JSONFault) in
            var ranges: [String: Range<Int>] = [:]
            var more = try scanner.beginObject()
            while more {
                let name = scanner.string(try scanner.scanMemberName())
                let value = try scanner.skipValue()
                let place = value.lowerBound + range.lowerBound..<value.upperBound + range.lowerBound
                guard ranges.updateValue(place, forKey: name) == nil else { throw .duplicateMember(name) }
                more = try scanner.nextMember()
            }
            return ranges
        }
    }

    func range(_ name: String) -> Range<Int>? {
        ranges[name]
    }

    func value(_ name: String) throws(SocketFault) -> JSONValue? {
        guard let range = ranges[name] else { return nil }
        return try SocketFault.readable { () throws(JSONFault) in
            try JSONValue.parse(text[range], maximumDepth: Limits.jsonDepth, duplicates: .refuse, topLevel: .anything)
        }
    }
}
