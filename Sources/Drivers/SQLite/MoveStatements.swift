internal import SQLiteEngine
internal import WeirDomain

/// What a mark is about.
enum ChangeKey {
    /// By its sequence.
    case message(Int64)
    case claim(ClaimID)

    /// Reads a column that holds a sequence or the bits of a claim's id.
    init(_ row: Statement, _ column: Int32) {
        if let claim = row.bits128(column) {
            self = .claim(ClaimID(high: claim.high, low: claim.low))
        } else {
            self = .message(row.integer(column))
        }
    }
}

/// The prepared statements that only moves need.
final class MoveStatements {
    private let connection: Connection

    // Headers
    let insertShadow: Statement
    let deleteQueue: Statement
    let lives: Statement
    let lastHeld: Statement
    let lifeWithOldMarks: Statement
    private let storeRole: Statement

    // Marks
    let changes: Statement
    let clearChanges: Statement
    private let markOf: Statement
    private let setMark: Statement
    private let oldMarks: Statement

    // Parts
    let page: Statement
    let claims: Statement
    let claim: Statement
    let placeAt: Statement
    let supplyClaim: Statement
    let importClaim: Statement
    let freeAllHeld: Statement
    private let heldSequences: Statement

    // Inspection
    let counts: Statement
    let orphans: Statement
    let orphanCount: Statement
    let release: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        self.connection = connection
        func prepare(_ sql: String) throws(SQLiteFailure) -> Statement { try connection.prepare(sql) }
        insertShadow = try prepare("INSERT INTO queues(life, epoch, role) VALUES (?1, ?2, 3)")
        deleteQueue = try prepare("DELETE FROM queues WHERE life = ?1")
        lives = try prepare(
            """
            SELECT life, epoch, role, turn, capture, fence FROM queues
            WHERE life > ?1 AND role NOT IN (1, 2, 7) ORDER BY life LIMIT ?2
            """)
        lastHeld = try prepare("SELECT coalesce(max(sequence), 0) FROM messages WHERE life = ?1")
        lifeWithOldMarks = try prepare(
            "SELECT life FROM queues INDEXED BY queues_old_marks WHERE has_old_marks = 1 LIMIT 1")
        storeRole = try prepare(
            """
            UPDATE queues SET epoch = ?2, role = ?3, turn = ?4, capture = ?5, fence = ?6, unfenced = ?7,
            first_mark = ?8, has_old_marks = ?9, retired_at = ?10 WHERE life = ?1
            """)

        changes = try prepare(
            """
            SELECT key, mark FROM changes INDEXED BY changes_mark WHERE life = ?1 AND mark > ?2 ORDER BY mark LIMIT ?3
            """)
        clearChanges = try prepare("DELETE FROM changes WHERE life = ?1 AND mark > ?2 AND mark <= ?3")
        markOf = try prepare("SELECT mark FROM changes WHERE life = ?1 AND key = ?2")
        setMark = try prepare("INSERT OR REPLACE INTO changes(life, key, mark) VALUES (?1, ?2, ?3)")
        oldMarks = try prepare(
            """
            DELETE FROM changes WHERE life = ?1 AND key IN
            (SELECT key FROM changes INDEXED BY changes_mark WHERE life = ?1 AND mark <= ?2 ORDER BY mark LIMIT ?3)
            """)

        page = try prepare(
            """
            SELECT \(PoolStatements.columns) FROM messages m CROSS JOIN bodies b USING (body_id)
            WHERE m.life = ?1 AND m.sequence > ?2 AND m.sequence <= ?5 AND m.expires > ?3 ORDER BY m.sequence LIMIT ?4
            """)
        claims = try prepare(
            """
            SELECT claim, ttl, renewed, expires FROM claims
            WHERE life = ?1 AND claim > ?2 AND expires > ?3 ORDER BY claim LIMIT ?4
            """)
        claim = try prepare(
            "SELECT claim, ttl, renewed, expires FROM claims WHERE life = ?1 AND claim = ?2 AND expires > ?3")
        placeAt = try prepare(
            "SELECT \(PoolStatements.place) FROM messages WHERE life = ?1 AND sequence = ?2")
        supplyClaim = try prepare(
            "INSERT OR IGNORE INTO claims(life, claim, ttl, renewed, expires) VALUES (?1, ?2, 0, ?3, ?3)")
        importClaim = try prepare(
            "INSERT OR REPLACE INTO claims(life, claim, ttl, renewed, expires) VALUES (?1, ?2, ?3, ?4, ?5)")
        freeAllHeld = try prepare(
            """
            UPDATE messages INDEXED BY messages_claimed SET state = 0 WHERE life = ?1 AND claim = ?2 AND state = 2
            """)
        heldSequences = try prepare(
            """
            SELECT sequence FROM messages INDEXED BY messages_claimed
            WHERE life = ?1 AND claim = ?2 AND state = 2 ORDER BY sequence
            """)

        counts = try prepare("SELECT count(*), total(state = 2) FROM messages WHERE life = ?1")
        let orphan = """
            FROM messages m INDEXED BY messages_claimed WHERE m.life = ?1 AND m.state = 2
            AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.life = m.life AND c.claim = m.claim)
            """
        orphans = try prepare("SELECT m.sequence \(orphan) LIMIT ?2")
        orphanCount = try prepare("SELECT count(*) \(orphan)")
        release = try prepare(
            "UPDATE messages SET state = 0, claim = NULL, claimed_until = 0 WHERE life = ?1 AND sequence = ?2")
    }

    func storeRole(_ header: QueueHeader, of life: Int64) throws(SQLiteFailure) {
        try storeRole.bind(1, life).bind(2, header.epoch).bind(3, header.role).bind(4, header.turn?.value)
            .bind(5, header.capture).bind(6, header.fence?.value).bind(7, header.unfenced.value)
            .bind(8, header.firstMark).bind(9, header.hasOldMarks ? 1 : 0).bind(10, header.movedAt.milliseconds).run()
    }

    /// Gives it the next mark, whatever mark it had.
    func mark(_ key: ChangeKey, of life: Int64, _ header: inout QueueHeader) throws(SQLiteFailure) {
        let before = try bind(key, to: markOf.bind(1, life)).first { $0.integer(0) }
        if before ?? .min <= header.firstMark { header.marks += 1 }
        header.lastMark += 1
        try bind(key, to: setMark.bind(1, life)).bind(3, header.lastMark).run()
    }

    private func bind(_ key: ChangeKey, to statement: Statement) -> Statement {
        switch key {
        case .message(let sequence): statement.bind(2, sequence)
        case .claim(let id): statement.bind(2, high: id.high, low: id.low)
        }
    }

    /// Removes at most `limit` marks up to this one, and says how many.
    func removeMarks(of life: Int64, through mark: Int64, limit: Int) throws(SQLiteFailure) -> Int {
        try oldMarks.bind(1, life).bind(2, mark).bind(3, limit).run()
        return connection.changes
    }

    /// What a claim holds, in order; some may have expired.
    func sequences(of claim: ClaimID, in life: QueueLife) throws(SQLiteFailure) -> [Int64] {
        try heldSequences.bind(1, life.value).bind(2, high: claim.high, low: claim.low).rows { $0.integer(0) }
    }
}
