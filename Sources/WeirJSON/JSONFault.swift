/// Why bytes are not the JSON that was asked for. Offsets count bytes from the start of the document,
/// from zero. A fault never carries values of the document, only the name of a member.
package enum JSONFault: Error, Hashable, Sendable {
    /// The byte at `offset` cannot stand there.
    case syntax(offset: Int)
    /// The document ends, after `offset` bytes, before its value does. An empty document does so at 0.
    case truncated(offset: Int)
    /// The string sequence at `offset` is not UTF-8.
    case notUTF8(offset: Int)
    /// Arrays and objects lie more than `limit` deep in each other.
    case tooDeep(limit: Int)
    /// The integer at `offset` does not fit signed 64 bit.
    case integerOutOfRange(offset: Int)
    /// One object has this member twice.
    case duplicateMember(String)
    /// The document is a bare string, number, boolean or null.
    case topLevel
}

extension JSONFault: CustomStringConvertible {
    /// Names in sentences are cut to this many characters, for a client may send very long ones.
    private static let nameCharacters = 64

    /// One sentence for the client of the API.
    package var description: String {
        switch self {
        case .syntax(let offset):
            "The JSON document has a syntax error at byte \(offset)."
        case .truncated(let offset):
            "The JSON document is incomplete: it ends after \(offset) bytes."
        case .notUTF8(let offset):
            "The JSON document is not valid UTF-8 at byte \(offset)."
        case .tooDeep(let limit):
            "The JSON document is nested too deeply: at most \(limit) levels are allowed."
        case .integerOutOfRange(let offset):
            "The integer at byte \(offset) of the JSON document does not fit signed 64 bit."
        case .duplicateMember(let name):
            "The member \"\(Self.shortened(name))\" appears more than once in one JSON object."
        case .topLevel:
            "The JSON document must be an object or an array."
        }
    }

    private static func shortened(_ name: String) -> String {
        name.unicodeScalars.count <= nameCharacters
            ? name : String(String.UnicodeScalarView(name.unicodeScalars.prefix(nameCharacters))) + "…"
    }
}
