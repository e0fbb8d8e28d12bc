/// The parameters of a request (API section 1.5). A blank value counts as absent, and of a parameter that is
/// given several times the last one counts, except in lists. What cannot be decoded stays as it came.
struct Query {
    let parameters: [(name: String, value: String)]

    init(_ text: Substring) {
        guard !text.isEmpty else {
            parameters = []
            return
        }
        parameters = text.utf8.split(separator: UInt8(ascii: "&")).compactMap { bytes in
            let part = Substring(bytes)
            let mark = bytes.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard mark < part.endIndex else { return nil }
            let name = Self.decoded(part[..<mark])
            let value = Self.decoded(part[part.utf8.index(after: mark)...])
            guard !value.isEmpty else { return nil }
            return (name, value)
        }
    }

    private static func decoded(_ text: Substring) -> String {
        Percent.decoded(text, plusIsBlank: true) ?? String(text)
    }

    func text(_ name: String) -> String? {
        parameters.last { $0.name == name }?.value
    }

    func integer(_ name: String) throws(Fault) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text) else {
            throw .invalidParameter("\(name): '\(text.prefix(64))' is not an integer of 64 bits.")
        }
        return value
    }

    func boolean(_ name: String) throws(Fault) -> Bool? {
        guard let text = text(name) else { return nil }
        switch text {
        case "true", "True", "t", "yes", "y", "1", "on": return true
        case "false", "False", "f", "no", "n", "0", "off": return false
        default: throw .invalidParameter("\(name): '\(text.prefix(64))' is neither true nor false.")
        }
    }

    /// All values of the parameter, split at commas; nil if it is absent.
    func list(_ name: String) -> [String]? {
        let values = parameters.filter { $0.name == name }.flatMap { $0.value.split(separator: ",") }
        return values.isEmpty ? nil : values.map(String.init)
    }
}
