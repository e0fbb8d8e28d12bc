package import WeirJSON

/// MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) as another spelling of JSON: documents are
/// turned from one into the other without ever being values in memory, so a small document cannot become a large one.
///
/// What JSON has no counterpart for is refused: extensions, infinities, keys that are no strings. Binary data count as
/// a string if they are UTF-8, since older clients send text so, and are refused otherwise.
package enum MessagePack {
    /// The JSON text of a document. The same number of levels that JSON may have is allowed here.
    package static func json(
        from bytes: some Collection<UInt8>, maximumDepth: Int
    ) throws(MessagePackFault) -> [UInt8] {
        func whole(_ buffer: UnsafeBufferPointer<UInt8>) -> Result<[UInt8], MessagePackFault> {
            do throws(MessagePackFault) {
                var reader = MessagePackReader(buffer)
                try reader.readDocument(maximumDepth: maximumDepth)
                return .success(reader.json)
            } catch {
                return .failure(error)
            }
        }
        let result = bytes.withContiguousStorageIfAvailable(whole) ?? Array(bytes).withUnsafeBufferPointer(whole)
        return try result.get()
    }

    /// The MessagePack of JSON text. Integers stay exact; a number with point or exponent becomes the 64-bit float
    /// nearest to it, which is infinite beyond their range, and half a surrogate pair becomes U+FFFD.
    package static func bytes(
        fromJSON text: some Collection<UInt8>, maximumDepth: Int
    ) throws(JSONFault) -> [UInt8] {
        func whole(_ buffer: UnsafeBufferPointer<UInt8>) -> Result<[UInt8], JSONFault> {
            do throws(JSONFault) {
                return .success(try MessagePackWriter.bytes(fromJSON: buffer, maximumDepth: maximumDepth))
            } catch {
                return .failure(error)
            }
        }
        let result = text.withContiguousStorageIfAvailable(whole) ?? Array(text).withUnsafeBufferPointer(whole)
        return try result.get()
    }
}
