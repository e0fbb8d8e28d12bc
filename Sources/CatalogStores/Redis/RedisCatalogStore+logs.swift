internal import RedisEngine
internal import WeirDomain
package import WeirStorage

extension RedisCatalogStore {
    package func audit(after number: Int64, limit: Int) async throws(StorageError) -> [AuditEntry] {
        guard limit > 0 else { return [] }
        let reply = try await read(
            "XRANGE", CatalogKeys.audit, "(\(max(0, number))-0", "+", "COUNT", String(limit))
        return try Answer.elements(reply).map { (entry) throws(StorageError) in
            let (number, values) = try Answer.entry(entry, fields: 6)
            return AuditEntry(
                number: number, at: Timestamp(milliseconds: try Answer.number(values[0])),
                actor: try Answer.text(values[1]), action: try Answer.text(values[2]),
                subject: try Answer.text(values[3]), before: try Answer.bytes(values[4]),
                after: try Answer.bytes(values[5]))
        }
    }

    package func changes(after number: Int64?, limit: Int) async throws(StorageError) -> RecordChanges {
        let parts = try Answer.elements(
            try await run(.changes, [number?.word ?? [], Int64(max(1, limit)).word]))
        guard parts.count == 3 else { throw Answer.strange }
        let last = Int64(try Answer.integer(parts[0]))
        let hasGap = try Answer.integer(parts[1]) == 1
        guard let number, !hasGap else { return RecordChanges(keys: [], last: last, hasGap: hasGap) }
        let found = try Answer.elements(parts[2]).map(Answer.change)
        return RecordChanges(keys: found.compactMap(\.key), last: found.last?.number ?? number, hasGap: false)
    }
}

extension Int64 {
    /// In decimal.
    var word: [UInt8] { Array(String(self).utf8) }
}
