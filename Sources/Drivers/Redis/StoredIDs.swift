internal import WeirDomain

/// Ids as the scripts store them.
extension MessageID {
    /// The nonce in its 8 bytes as a record has it, the lowest first.
    var storedNonce: [UInt8] {
        withUnsafeBytes(of: low.littleEndian) { Array($0) }
    }

    /// 16 bytes: the high half, then the nonce.
    var stored: [UInt8] {
        withUnsafeBytes(of: (high.littleEndian, low.littleEndian)) { Array($0) }
    }

    /// Reads back what `stored` made.
    init(stored bytes: ArraySlice<UInt8>) {
        let halves = halves(of: bytes)
        self.init(high: halves.first, low: halves.second)
    }
}

extension Message {
    /// The id, if it is not the one that goes with the sequence.
    var keptID: MessageID? { id.sequence == sequence ? nil : id }
}

extension ClaimID {
    /// 16 bytes.
    var stored: [UInt8] {
        withUnsafeBytes(of: (high.littleEndian, low.littleEndian)) { Array($0) }
    }

    /// Reads back what `stored` made.
    init(stored bytes: ArraySlice<UInt8>) {
        let halves = halves(of: bytes)
        self.init(high: halves.first, low: halves.second)
    }
}

private func halves(of bytes: ArraySlice<UInt8>) -> (first: UInt64, second: UInt64) {
    bytes.withUnsafeBytes { raw in
        guard raw.count == 16 else { return (0, 0) }
        return (
            UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)),
            UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }
}
