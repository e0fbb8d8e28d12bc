/// Goes through the elements of a document. Nothing is read beyond its end, whatever the lengths inside say.
struct BSONScanner {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next element; nil at the end, and at anything that cannot be read.
    mutating func element() -> (name: ArraySlice<UInt8>, value: BSONValue)? {
        guard let type = rest.popFirst().flatMap(BSONType.init), let name = text() else { return nil }
        guard let value = value(type) else { return nil }
        return (name, value)
    }

    mutating func int32() -> Int32? { integer() }

    private mutating func value(_ type: BSONType) -> BSONValue? {
        switch type {
        case .double: integer().map { (bits: UInt64) in .double(Double(bitPattern: bits)) }
        case .string: counted().map { .string(String(decoding: $0.dropLast(), as: UTF8.self)) }
        case .document: nested().map(BSONValue.document)
        case .array: nested().map(BSONValue.array)
        case .binary: binary().map(BSONValue.binary)
        case .bool: take(1).map { .bool($0.first != 0) }
        case .null: .null
        case .int32: integer().map(BSONValue.int32)
        case .int64: integer().map(BSONValue.int64)
        case .timestamp: integer().map(BSONValue.timestamp)
        case .date: take(8).map { _ in .other }
        case .objectID: take(12).map { _ in .other }
        case .decimal: take(16).map { _ in .other }
        }
    }

    // MARK: Parts

    /// Up to a zero, which is dropped.
    private mutating func text() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: 0) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }

    private mutating func counted() -> ArraySlice<UInt8>? {
        guard let length = int32(), length > 0 else { return nil }
        return take(Int(length))
    }

    private mutating func binary() -> ArraySlice<UInt8>? {
        guard let length = int32(), length >= 0, rest.popFirst() != nil else { return nil }
        return take(Int(length))
    }

    private mutating func nested() -> BSONDocument? {
        var ahead = self
        guard let length = ahead.int32(), length > 0 else { return nil }
        return take(Int(length)).flatMap { BSONDocument($0) }
    }

    private mutating func integer<Value: FixedWidthInteger>() -> Value? {
        guard let bytes = take(MemoryLayout<Value>.size) else { return nil }
        return Value(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(as: Value.self) })
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
