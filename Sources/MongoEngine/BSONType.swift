/// The types of BSON elements that Weir reads or writes, by the numbers of https://bsonspec.org.
enum BSONType: UInt8 {
    case double = 0x01
    case string = 0x02
    case document = 0x03
    case array = 0x04
    case binary = 0x05
    case objectID = 0x07
    case bool = 0x08
    case date = 0x09
    case null = 0x0A
    case int32 = 0x10
    case timestamp = 0x11
    case int64 = 0x12
    case decimal = 0x13
}

/// The value of an element.
package enum BSONValue {
    case double(Double)
    case string(String)
    case document(BSONDocument)
    case array(BSONDocument)
    case binary(ArraySlice<UInt8>)
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    case timestamp(UInt64)
    case null
    /// One that Weir has no use for.
    case other
}
