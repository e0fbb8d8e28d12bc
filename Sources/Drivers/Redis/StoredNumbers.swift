/// Numbers as the scripts store them: 8 bytes, the lowest first.
extension Array<UInt8> {
    mutating func append(_ number: Int64) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }

    /// The number that begins at this place.
    func integer(_ offset: Int) -> Int64 {
        withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int64.self)) }
    }
}
