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

    /// Of the mark that a message or a claim got from a capture.
    /// - Parameter after: The last mark that was given before the capture: so each has its own.
    static func mark(_ life: Int64, after: Int64, _ subject: Mark.Subject) -> [UInt8] {
        let start = bytes(ordered(life), ordered(after))
        // Of one length, because stores compare lengths first.
        switch subject {
        case .message(let sequence): return start + bytes(0, ordered(sequence), 0)
        case .claim(let claim): return start + bytes(1, claim.high, claim.low)
        }
    }

    /// What the key of a mark says.
    static func subject(_ key: ArraySlice<UInt8>) -> Mark.Subject? {
        guard key.count == 40, let kind = bits(key.dropFirst(16).prefix(8)) else { return nil }
        guard kind != 0 else { return number(key.dropFirst(24).prefix(8)).map { .message($0) } }
        return claim(key.dropFirst(24)).map { .claim($0) }
    }

    /// The claim in the key of a claim's record.
    static func claim(ofRecord key: ArraySlice<UInt8>) -> ClaimID? {
        claim(key.dropFirst(8))
    }

    private static func claim(_ bytes: ArraySlice<UInt8>) -> ClaimID? {
        guard let high = bits(bytes.prefix(8)), let low = bits(bytes.dropFirst(8)) else { return nil }
        return ClaimID(high: high, low: low)
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
        bits(bytes).map { Int64(bitPattern: $0 ^ 1 << 63) }
    }

    private static func bits(_ bytes: ArraySlice<UInt8>) -> UInt64? {
        guard bytes.count == 8 else { return nil }
        return UInt64(bigEndian: bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    }

    /// Negative numbers before the others.
    private static func ordered(_ number: Int64) -> UInt64 {
        UInt64(bitPattern: number) ^ 1 << 63
    }

    private static func bytes(_ numbers: UInt64...) -> [UInt8] {
        numbers.flatMap { number in withUnsafeBytes(of: number.bigEndian, Array.init) }
    }
}
