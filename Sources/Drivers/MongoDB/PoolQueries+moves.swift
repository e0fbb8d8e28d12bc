internal import MongoEngine
internal import WeirDomain

/// What moves of queues ask of the server.
extension PoolQueries {
    // MARK: Marks

    /// Marks after this number, the oldest first.
    func marks(of life: Int64, after number: Int64, limit: Int) throws(MongoFailure) -> [Mark] {
        try marks(of: life, limit: limit) { $0.int64("$gt", number) }.compactMap(Mark.init)
    }

    /// The oldest marks up to this number: their keys and numbers.
    func marks(
        of life: Int64, through number: Int64, limit: Int
    ) throws(MongoFailure) -> [(key: [UInt8], number: Int64)] {
        try marks(of: life, limit: limit) { $0.int64("$lte", number) }.compactMap { document in
            guard let key = document.binary("_id"), let number = document.integer("m") else { return nil }
            return (Array(key), number)
        }
    }

    private func marks(
        of life: Int64, limit: Int, where condition: (inout BSONWriter) -> Void
    ) throws(MongoFailure) -> [BSONDocument] {
        try find(Schema.marks, limit: limit, hint: Schema.Index.mark, sortedBy: "m") { filter in
            filter.int64("l", life)
            filter.document("m", condition)
        }
    }

    // MARK: Claims

    /// Records of claims whose keys are above `cursor`, in order, and the key of the last if there may be more.
    func claims(
        of life: Int64, after cursor: [UInt8]?, limit: Int
    ) throws(MongoFailure) -> (claims: [ClaimID: ClaimRecord], next: [UInt8]?) {
        let range = Keys.claims(of: life)
        let found = try find(Schema.claims, limit: limit) { filter in
            filter.document("_id") { key in
                key.binary(cursor == nil ? "$gte" : "$gt", cursor ?? range.low)
                key.binary("$lte", range.high)
            }
        }
        return (byID(found), found.count < limit ? nil : found.last?.binary("_id").map { Array($0) })
    }

    /// Those of these claims that exist.
    func claims(_ ids: [ClaimID], of life: Int64) throws(MongoFailure) -> [ClaimID: ClaimRecord] {
        guard !ids.isEmpty else { return [:] }
        return byID(
            try find(Schema.claims, limit: ids.count, sortedBy: nil) { filter in
                filter.document("_id") { $0.array("$in", ids) { $0.binary($1, Keys.claim(life, $2)) } }
            })
    }

    private func byID(_ found: [BSONDocument]) -> [ClaimID: ClaimRecord] {
        var claims: [ClaimID: ClaimRecord] = [:]
        for document in found {
            guard let id = document.binary("_id").flatMap(Keys.claim(ofRecord:)) else { continue }
            claims[id] = ClaimRecord(document)
        }
        return claims
    }

    /// Those of these claims that are live, with the messages that they hold.
    func moved(
        _ claims: [ClaimID: ClaimRecord], of life: Int64, now: Timestamp
    ) throws(MongoFailure) -> [MovedClaim] {
        let live = claims.filter { $0.value.isLive(at: now) }
        var held: [ClaimID: [Int64]] = [:]
        let lasts = Set(live.values.flatMap(\.blocks))
        for record in try blocks(of: life, ending: Array(lasts), fields: .records).flatMap(\.records)
        where record.state == .claimed {
            if let claim = record.claim { held[claim, default: []].append(record.sequence) }
        }
        return live.sorted { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }
            .map { id, record in record.moved(id, holding: held[id] ?? []) }
    }

    // MARK: Blocks

    /// Keys that one command reads.
    private static let keysAtOnce = 512

    /// For each of these sequences, which rise, the last one of the block that alone can hold it.
    func candidates(_ sequences: [Int64], of life: Int64) throws(MongoFailure) -> [Int64: Int64] {
        var found: [Int64: Int64] = [:]
        var rest = sequences[...]
        while let first = rest.first {
            let keys = try keys(
                Schema.blocks, from: Keys.block(life, first), through: Keys.block(life, .max), limit: Self.keysAtOnce)
            for last in keys.compactMap({ Keys.last($0[...]) }) {
                let covered = rest.prefix { $0 <= last }
                for sequence in covered { found[sequence] = last }
                rest = rest.dropFirst(covered.count)
            }
            guard keys.count == Self.keysAtOnce else { break }
        }
        return found
    }

    // MARK: Headers

    /// Queues after this one, in order, of which something is here.
    func held(after life: Int64, limit: Int) throws(MongoFailure) -> [QueueHeader] {
        let roles: [QueueHeader.Role] = [.serving, .capturing, .importing, .dropping, .moved, .leaving]
        return try find(Schema.queues, limit: limit, hint: Schema.Index.held) { filter in
            filter.document("r") { $0.array("$in", roles) { $0.int64($1, $2.rawValue) } }
            filter.document("_id") { $0.int64("$gt", life) }
        }.map(QueueHeader.init)
    }
}
