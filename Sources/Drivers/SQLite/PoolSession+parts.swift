internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

/// What a pool holds of a queue, read whatever the role.
extension PoolSession {
    /// The header, and whether the life has ended: then there is nothing to read.
    private func held(_ life: QueueLife) throws -> (header: QueueHeader, isOver: Bool) {
        guard let header = try header(life.value) else { throw StorageError.queueNotOpen }
        return (header, header.role == Schema.Role.retired || header.role == Schema.Role.emptied)
    }

    func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) throws -> [Message] {
        guard try !held(life).isOver else { return [] }
        var page = Page(limit: limit, bytes: bytes)
        var stretches = stretches(of: life.value, after: sequence.value)
        while !page.isFull, let stretch = try stretches.next() {
            switch stretch {
            case .rows(let after, let last):
                let rows = moves.page.bind(1, life.value).bind(2, after).bind(3, now.milliseconds).bind(4, limit)
                    .bind(5, last)
                defer { rows.reset() }
                while !page.isFull, try rows.step() { page.add(StoredMessage(rows)) }
            case .sealed(let messages):
                for stored in messages where stored.message.expires > now { page.add(stored) }
            }
        }
        return try complete(page.messages)
    }

    /// In the order of the ids: the cursor is the last of them, as it is stored.
    func claims(of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp) throws -> ClaimPage {
        guard try !held(life).isOver else { return ClaimPage(claims: [], next: nil) }
        let found = try moves.claims.bind(1, life.value).bind(2, cursor ?? []).bind(3, now.milliseconds).bind(4, limit)
            .rows { (key: $0.bytes(0), row: ClaimRow($0)) }
        var page = ClaimPage(claims: [], next: found.count < limit ? nil : found.last?.key)
        for (_, row) in found { page.claims.append(try movedClaim(row, in: life)) }
        return page
    }

    /// The claim, if it is live.
    func movedClaim(_ id: ClaimID, in life: QueueLife, now: Timestamp) throws(SQLiteFailure) -> MovedClaim? {
        let row = try moves.claim.bind(1, life.value).bind(2, high: id.high, low: id.low).bind(3, now.milliseconds)
            .first(ClaimRow.init)
        guard let row else { return nil }
        return try movedClaim(row, in: life)
    }

    private func movedClaim(_ row: ClaimRow, in life: QueueLife) throws(SQLiteFailure) -> MovedClaim {
        MovedClaim(
            id: row.id, ttl: row.ttl, renewed: row.renewed, until: row.until,
            messages: try moves.sequences(of: row.id, in: life).map(MessageSequence.init))
    }

    func census(of life: QueueLife, now: Timestamp) throws -> QueueCensus {
        let (header, isOver) = try held(life)
        let last = MessageSequence(header.nextSequence - 1)
        guard !isOver else { return QueueCensus(last: last, stats: .empty) }
        return QueueCensus(last: last, stats: try stats(of: life.value, now: now))
    }

    func lives(after life: QueueLife, limit: Int) throws(SQLiteFailure) -> [HeldLife] {
        try moves.lives.bind(1, life.value).bind(2, limit).rows { row in
            let turn = MoveTurn(row.integer(3))
            let role: HeldLife.Role =
                switch row.int(2) {
                case Schema.Role.serving: .serving
                case Schema.Role.importing, Schema.Role.clearingShadow: .importing(turn)
                default: .moved(turn)
                }
            return HeldLife(
                life: QueueLife(row.integer(0)), epoch: Epoch(row.integer(1)), role: role,
                capture: row.isNull(4) ? nil : row.integer(4), fence: row.isNull(5) ? nil : MoveTurn(row.integer(5)))
        }
    }
}

/// Messages that are read for a move.
private struct Page {
    let limit: Int
    /// Of bodies.
    let bytes: Int
    private(set) var messages = FoundMessages()
    private var size = 0
    private(set) var isFull: Bool

    init(limit: Int, bytes: Int) {
        self.limit = limit
        self.bytes = bytes
        isFull = limit <= 0
    }

    /// Adds the message that comes next, unless there is no room for it.
    mutating func add(_ message: StoredMessage) {
        guard !isFull else { return }
        size += message.bodyLength
        guard messages.count == 0 || size <= bytes else {
            isFull = true
            return
        }
        messages.append(message)
        isFull = messages.count == limit
    }
}

/// The row of a claim.
private struct ClaimRow {
    let id: ClaimID
    let ttl: Int
    let renewed: Timestamp
    let until: Timestamp

    init(_ row: Statement) {
        let bits = row.bits128(0) ?? (0, 0)
        id = ClaimID(high: bits.high, low: bits.low)
        ttl = row.int(1)
        renewed = Timestamp(milliseconds: row.integer(2))
        until = Timestamp(milliseconds: row.integer(3))
    }
}
