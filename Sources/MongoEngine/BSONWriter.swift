/// Writes a BSON document: the types that stores of Weir use, and no others.
package struct BSONWriter {
    private var bytes: [UInt8] = []

    /// The document that `fill` writes.
    package static func document(_ fill: (inout BSONWriter) -> Void) -> [UInt8] {
        var writer = BSONWriter()
        writer.nested(fill)
        return writer.bytes
    }

    // MARK: Elements

    /// A 32-bit number.
    package mutating func int32(_ name: String, _ value: Int32) {
        element(.int32, name)
        append(value)
    }

    /// A 64-bit number.
    package mutating func int64(_ name: String, _ value: Int64) {
        element(.int64, name)
        append(value)
    }

    /// A moment in the server's own count of time.
    package mutating func timestamp(_ name: String, _ value: UInt64) {
        element(.timestamp, name)
        append(value)
    }

    /// A floating-point number.
    package mutating func double(_ name: String, _ value: Double) {
        element(.double, name)
        append(Int64(bitPattern: value.bitPattern))
    }

    /// True or false.
    package mutating func bool(_ name: String, _ value: Bool) {
        element(.bool, name)
        bytes.append(value ? 1 : 0)
    }

    /// Text.
    package mutating func string(_ name: String, _ value: String) {
        element(.string, name)
        append(Int32(value.utf8.count + 1))
        bytes.append(contentsOf: value.utf8)
        bytes.append(0)
    }

    /// Nothing.
    package mutating func null(_ name: String) {
        element(.null, name)
    }

    /// Bytes of no particular kind.
    package mutating func binary(_ name: String, _ value: [UInt8]) {
        element(.binary, name)
        append(Int32(value.count))
        bytes.append(0)
        bytes.append(contentsOf: value)
    }

    /// A document inside this one.
    package mutating func document(_ name: String, _ fill: (inout BSONWriter) -> Void) {
        element(.document, name)
        nested(fill)
    }

    /// A document that is written already.
    package mutating func document(_ name: String, _ written: some Collection<UInt8>) {
        element(.document, name)
        bytes.append(contentsOf: written)
    }

    /// An array with one element an item: `write` is given the item and the name it must write it under.
    package mutating func array<Items: Sequence>(
        _ name: String, _ items: Items, _ write: (inout BSONWriter, String, Items.Element) -> Void
    ) {
        element(.array, name)
        nested { writer in
            // Not `enumerated()`: in code that is not specialised each of its pairs is looked up by its type.
            var index = 0
            for item in items {
                write(&writer, String(index), item)
                index += 1
            }
        }
    }

    // MARK: Bytes

    private mutating func nested(_ fill: (inout BSONWriter) -> Void) {
        let start = bytes.count
        append(Int32(0))
        fill(&self)
        bytes.append(0)
        let length = Int32(bytes.count - start)
        withUnsafeBytes(of: length.littleEndian) { bytes.replaceSubrange(start..<start + 4, with: $0) }
    }

    private mutating func element(_ type: BSONType, _ name: String) {
        bytes.append(type.rawValue)
        bytes.append(contentsOf: name.utf8)
        bytes.append(0)
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
