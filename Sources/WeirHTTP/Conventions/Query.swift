/// The parameters of a request (API section 1.5). A blank value counts as absent, and of a parameter that is
/// given several times the last one counts, except in lists. What cannot be decoded stays as it came.
package struct Query {
    package let parameters: [(name: String, value: String)]

    /// - Parameter bytes: What follows the question mark.
    init(_ bytes: Span<UInt8>) {
        var parameters: [(name: String, value: String)] = []
        var start = 0
        while start < bytes.count {
            let end = bytes.place(of: UInt8(ascii: "&"), in: start..<bytes.count) ?? bytes.count
            if let mark = bytes.place(of: UInt8(ascii: "="), in: start..<end), mark + 1 < end {
                parameters.append((Self.decoded(bytes, start..<mark), Self.decoded(bytes, (mark + 1)..<end)))
            }
            start = end + 1
        }
        self.parameters = parameters
    }

    private static func decoded(_ bytes: Span<UInt8>, _ part: Range<Int>) -> String {
        Percent.decoded(bytes.extracting(part), plusIsBlank: true) ?? bytes.text(part)
    }

    /// Each parameter once, with the value that counts, in the order of those.
    var lastValues: [(name: String, value: String)] {
        var known: Set<String> = []
        return parameters.reversed().filter { known.insert($0.name).inserted }.reversed()
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
