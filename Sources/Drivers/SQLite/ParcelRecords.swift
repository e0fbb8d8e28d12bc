/// The form in which the records of a parcel are stored: of each the nonce in eight bytes, the lowest first, then the
/// length of its body and its ttl, each in as many groups of seven bits as it takes, the lowest first.
enum ParcelRecords {
    static func write(_ records: [Parcel.Record]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(records.count * 12)
        for record in records {
            withUnsafeBytes(of: record.nonce.littleEndian) { bytes.append(contentsOf: $0) }
            append(UInt64(record.part.length), to: &bytes)
            append(UInt64(bitPattern: Int64(record.ttl)), to: &bytes)
        }
        return bytes
    }

    /// Nil unless `write` made them.
    static func read(_ bytes: [UInt8]) -> [Parcel.Record]? {
        var rest = bytes[...]
        var records: [Parcel.Record] = []
        records.reserveCapacity(bytes.count / 10)
        var start = 0
        while !rest.isEmpty {
            guard let nonce = nonce(&rest), let length = number(&rest), let ttl = number(&rest),
                length <= UInt64(Int32.max)
            else { return nil }
            let part = BodyPart(start: start, length: Int(length))
            records.append(Parcel.Record(nonce: nonce, ttl: Int(Int64(bitPattern: ttl)), part: part))
            start += part.length
        }
        return records
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func nonce(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        guard bytes.count >= 8 else { return nil }
        let nonce = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        bytes = bytes.dropFirst(8)
        return UInt64(littleEndian: nonce)
    }

    private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst() {
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
            guard shift < 64 else { return nil }
        }
        return nil
    }
}
