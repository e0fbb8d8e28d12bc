package import WeirJSON
package import WeirStorage

/// The options that an operator gave a pool, read by its driver. Each refusal names the option and what it may be.
package struct DriverOptions: Sendable {
    private let object: JSONObject

    /// Reads the text of a JSON object with no other members than these.
    package init(_ text: [UInt8], known: [String]) throws(PoolRefusal) {
        guard case .object(let object) = try? JSONValue.parse(text) else {
            throw PoolRefusal("options: expected a JSON object")
        }
        if let other = object.names.first(where: { !known.contains($0) }) {
            throw PoolRefusal("options: unknown option '\(other)'; known are \(known.joined(separator: ", "))")
        }
        self.object = object
    }

    /// What the option was set to; nil if it was not.
    package subscript(name: String) -> JSONValue? { object[name] }

    /// The number that the option was set to, or `fallback` if it was not.
    package func integer(
        _ name: String, _ range: ClosedRange<Int>, or fallback: Int
    ) throws(PoolRefusal) -> Int {
        guard let value = object[name] else { return fallback }
        guard case .integer(let number) = value, range.contains(Int(number)) else {
            throw PoolRefusal("options: \(name) is an integer from \(range.lowerBound) to \(range.upperBound)")
        }
        return Int(number)
    }
}
