/// Why bytes are not MessagePack that has a counterpart in JSON. Offsets count bytes from the start, from zero.
package enum MessagePackFault: Error, Hashable, Sendable {
    /// The bytes end, after `offset`, before the value does.
    case truncated(offset: Int)
    /// Another value follows the first one.
    case trailing(offset: Int)
    /// Arrays and maps lie more than `limit` deep in each other.
    case tooDeep(limit: Int)
    /// The string at `offset` is not UTF-8.
    case notUTF8(offset: Int)
    /// The integer at `offset` does not fit signed 64 bit.
    case integerOutOfRange(offset: Int)
    /// The number at `offset` is an infinity or NaN.
    case notFinite(offset: Int)
    /// The key at `offset` is no string.
    case keyNotString(offset: Int)
    /// The byte at `offset` begins an extension, or nothing at all.
    case noCounterpart(offset: Int)
}

extension MessagePackFault: CustomStringConvertible {
    /// One sentence for the client of the API.
    package var description: String {
        switch self {
        case .truncated(let offset): "The MessagePack document is incomplete: it ends after \(offset) bytes."
        case .trailing(let offset): "The MessagePack document goes on after its value, at byte \(offset)."
        case .tooDeep(let limit):
            "The MessagePack document is nested too deeply: at most \(limit) levels are allowed."
        case .notUTF8(let offset): "The string at byte \(offset) of the MessagePack document is not valid UTF-8."
        case .integerOutOfRange(let offset):
            "The integer at byte \(offset) of the MessagePack document does not fit signed 64 bit."
        case .notFinite(let offset):
            "The number at byte \(offset) of the MessagePack document is infinite or not a number; JSON has no word for it."
        case .keyNotString(let offset): "The key at byte \(offset) of the MessagePack document is not a string."
        case .noCounterpart(let offset):
            "The byte at \(offset) of the MessagePack document begins an extension, which JSON has no counterpart for."
        }
    }
}
