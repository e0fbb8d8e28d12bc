internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

/// How far what a pool keeps about a queue is from what it holds.
struct PoolDeviation: Sendable {
    /// What the header counts.
    var counted = (messages: 0, claimed: 0)
    /// What there is.
    var found = (messages: 0, claimed: 0)
    /// Messages in claims that do not exist.
    var orphans = 0
    /// Bodies that count other messages than lie in them.
    var miscounted: [OpenedBody] = []
}

/// A body that several messages share.
struct OpenedBody: Sendable {
    let id: Int64
    /// The first and the last of them.
    let sequences: ClosedRange<Int64>

    /// Reads the columns of `ParcelStatements.miscounted`.
    init(_ row: Statement) {
        id = row.integer(0)
        sequences = row.integer(1)...row.integer(2)
    }
}

extension PoolSession {
    /// Compares in one snapshot, so that the counts are those of the rows. Nothing of what is not there or has ended.
    func deviation(of life: QueueLife) throws -> PoolDeviation? {
        guard let header = try header(life.value), !header.isTombstone else { return nil }
        var deviation = PoolDeviation(counted: (header.messages, header.claimed))
        deviation.found = try moves.counts.bind(1, life.value).first { ($0.int(0), $0.int(1)) } ?? (0, 0)
        deviation.found.messages += try parcels.count.bind(1, life.value).first { $0.int(0) } ?? 0
        deviation.miscounted = try parcels.miscounted.bind(1, life.value).rows(OpenedBody.init)
        // Of a shadow the claims may yet come.
        guard header.role == Schema.Role.serving else { return deviation }
        deviation.orphans = try moves.orphanCount.bind(1, life.value).first { $0.int(0) } ?? 0
        return deviation
    }

    /// Changes the counts by what they were wrong: that has not changed, whatever else has.
    func correct(_ deviation: PoolDeviation, of life: QueueLife) throws(SQLiteFailure) {
        try count(
            messages: deviation.found.messages - deviation.counted.messages,
            claimed: deviation.found.claimed - deviation.counted.claimed, in: life.value)
    }

    /// Counts anew what lies in these bodies of a queue; nothing comes to them any more, though some may be gone.
    func recount(_ bodies: some Sequence<OpenedBody>, of life: QueueLife) throws(SQLiteFailure) {
        for body in bodies {
            try parcels.recount.bind(1, life.value).bind(2, body.id)
                .bind(3, body.sequences.lowerBound).bind(4, body.sequences.upperBound).run()
        }
    }

    /// Frees at most `limit` messages that are held by claims that do not exist. True if there may be more.
    func freeOrphans(of life: QueueLife, limit: Int) throws(SQLiteFailure) -> Bool {
        guard try header(life.value)?.role == Schema.Role.serving else { return false }
        let sequences = try moves.orphans.bind(1, life.value).bind(2, limit).rows { $0.integer(0) }
        for sequence in sequences { try moves.release.bind(1, life.value).bind(2, sequence).run() }
        try mark(sequences, in: life.value)
        try count(messages: 0, claimed: -sequences.count, in: life.value)
        return sequences.count == limit
    }
}

extension PoolDeviation {
    /// What an operator is told.
    func findings(isRepaired: Bool) -> [PoolFinding] {
        var findings: [PoolFinding] = []
        if counted != found {
            let detail = """
                the queue counts \(counted.messages) messages, \(counted.claimed) of them claimed, \
                and holds \(found.messages), \(found.claimed) of them claimed
                """
            findings.append(PoolFinding(.wrongCount, detail, isRepaired: isRepaired))
        }
        if !miscounted.isEmpty {
            let detail = "\(miscounted.count) shared bodies count other messages than lie in them"
            findings.append(PoolFinding(.wrongCount, detail, isRepaired: isRepaired))
        }
        if orphans > 0 {
            let detail = "\(orphans) messages are held by claims that do not exist"
            findings.append(PoolFinding(.claimWithoutRecord, detail, isRepaired: isRepaired))
        }
        return findings
    }
}
