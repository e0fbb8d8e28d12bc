/// A BSON document that somebody else wrote: read where it lies, checked at every step.
package struct BSONDocument: Sendable {
    /// Without the length in front and the zero at the end.
    private let elements: ArraySlice<UInt8>
    /// The whole document, to be sent on as it is.
    package let bytes: ArraySlice<UInt8>

    /// Nil unless `bytes` begin with the length that they have and end with a zero.
    package init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 5, bytes.last == 0 else { return nil }
        var scanner = BSONScanner(bytes)
        guard let length = scanner.int32(), Int(length) == bytes.count else { return nil }
        self.bytes = bytes
        elements = bytes.dropFirst(4).dropLast()
    }

    /// Likewise.
    package init?(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    /// Calls `body` with each element in order, up to the first that is broken or of an unknown type.
    package func forEach(_ body: (ArraySlice<UInt8>, BSONValue) -> Void) {
        var scanner = BSONScanner(elements)
        while let (name, value) = scanner.element() { body(name, value) }
    }

    /// The value of the first element of this name.
    package subscript(_ name: String) -> BSONValue? {
        var scanner = BSONScanner(elements)
        while let (found, value) = scanner.element() {
            if found.elementsEqual(name.utf8) { return value }
        }
        return nil
    }

    // MARK: Values of a type

    /// A whole number of any of the types that servers use for one.
    package func integer(_ name: String) -> Int64? {
        switch self[name] {
        case .int64(let value): value
        case .int32(let value): Int64(value)
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// The value if it is a boolean.
    package func bool(_ name: String) -> Bool? {
        if case .bool(let value) = self[name] { value } else { nil }
    }

    /// The value if it is text.
    package func string(_ name: String) -> String? {
        if case .string(let value) = self[name] { value } else { nil }
    }

    /// The value if it is bytes.
    package func binary(_ name: String) -> ArraySlice<UInt8>? {
        if case .binary(let value) = self[name] { value } else { nil }
    }

    /// The value if it is a document.
    package func document(_ name: String) -> BSONDocument? {
        if case .document(let value) = self[name] { value } else { nil }
    }

    /// The elements of an array; empty if there is none.
    package func array(_ name: String) -> [BSONValue] {
        guard case .array(let array) = self[name] else { return [] }
        var values: [BSONValue] = []
        array.forEach { values.append($1) }
        return values
    }

    /// The documents of an array; empty if there is none.
    package func documents(_ name: String) -> [BSONDocument] {
        array(name).compactMap { if case .document(let document) = $0 { document } else { nil } }
    }
}
