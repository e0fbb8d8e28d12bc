/// A whole JSON value in memory: for small documents such as queue metadata, claims, pools and patches.
/// Message bodies never become one, they stay the bytes the client sent.
package enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number without point and exponent.
    case integer(Int64)
    /// Any other number, as its text stood in the document. Whoever makes one promises it is a JSON number.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The number nearest to `value` in text; null for infinities and NaN, which JSON has no words for.
    package static func fraction(_ value: Double) -> JSONValue {
        value.isFinite ? .number(value.description) : .null
    }

    /// The value if it is a boolean.
    package var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value if it is an integer; nil for `1.0`.
    package var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The value if it is a string.
    package var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements if it is an array.
    package var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members if it is an object.
    package var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }
}

extension JSONValue: Hashable {
    /// Strings are equal byte for byte, objects whatever the order of their members, and an integer never
    /// equals a number written with point or exponent. Those are equal if their `Double` values are; beyond
    /// its range, if their texts are.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): NumberIdentity(left) == NumberIdentity(right)
        case (.string(let left), .string(let right)): ExactText(left) == ExactText(right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .number(let text): hasher.combine(NumberIdentity(text))
        case .string(let text): hasher.combine(ExactText(text))
        case .array(let elements): hasher.combine(elements)
        case .object(let object): hasher.combine(object)
        }
    }
}

/// What makes two numbers with point or exponent the same.
private enum NumberIdentity: Hashable {
    case finite(Double)
    case text(String)

    init(_ text: String) {
        if let value = Double(text), value.isFinite { self = .finite(value) } else { self = .text(text) }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(JSONObject(members)) }
}
