internal import WeirDomain

/// The binary keys of documents. Stores compare them byte by byte, which must give the order of the numbers in them.
enum Keys {
    /// Of the block of a queue that ends with this sequence.
    static func block(_ life: Int64, _ last: Int64) -> [UInt8] {
        bytes(ordered(life), ordered(last))
    }

    static func claim(_ life: Int64, _ claim: ClaimID) -> [UInt8] {
        bytes(ordered(life), claim.high) + bytes(claim.low)
    }

    /// Below and above all claims of a queue.
    static func claims(of life: Int64) -> (low: [UInt8], high: [UInt8]) {
        (
            claim(life, ClaimID(high: 0, low: 0)), claim(life, ClaimID(high: .max, low: .max))
        )
    }

    /// Of a message that keeps the id it had in another queue.
    static func kept(_ life: Int64, _ id: MessageID) -> [UInt8] {
        bytes(ordered(life), id.high) + bytes(id.low)
    }

    /// Nobody's for blocks that several clients wrote. A client without a name is somebody, too.
    static func client(_ client: String?) -> [UInt8] {
        client.map { [1] + Array($0.utf8) } ?? []
    }

    /// The last sequence in the key of a block.
    static func last(_ key: ArraySlice<UInt8>) -> Int64? {
        number(key.dropFirst(8).prefix(8))
    }

    static func life(_ key: ArraySlice<UInt8>) -> Int64? {
        number(key.prefix(8))
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard bytes.count == 8 else { return nil }
        let bits = UInt64(bigEndian: bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
        return Int64(bitPattern: bits ^ 1 << 63)
    }

    /// Negative numbers before the others.
    private static func ordered(_ number: Int64) -> UInt64 {
        UInt64(bitPattern: number) ^ 1 << 63
    }

    private static func bytes(_ numbers: UInt64...) -> [UInt8] {
        numbers.flatMap { number in withUnsafeBytes(of: number.bigEndian, Array.init) }
    }
}
