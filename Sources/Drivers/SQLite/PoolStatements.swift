internal import SQLiteEngine

/// The prepared statements of one connection to a pool file. Where an index matters it is named: left alone, SQLite
/// picks the primary key for some of these and reads a whole queue, and a name it cannot use is an error at once.
final class PoolStatements {
    /// The order in which `StoredMessage.init(_:)` reads them. Of a body that several share nothing is read.
    static let columns = """
        m.sequence, m.id, CASE WHEN m.start IS NULL THEN b.body END, m.client, m.ttl, m.created, m.expires,
        m.delayed_until, m.claim, m.claimed_until, m.claim_count, m.body_id, m.state, m.start, m.length
        """
    /// The order in which `MessagePlace.init(_:_:)` reads them.
    static let place = "sequence, body_id, state, start"
    private static let source = "FROM messages m JOIN bodies b USING (body_id)"

    // Queues
    let header: Statement
    let openQueue: Statement
    let retireQueue: Statement
    let storeHeader: Statement

    // Messages
    let insertBody: Statement
    let deleteBody: Statement
    let insertMessage: Statement
    let insertStored: Statement
    let deleteMessage: Statement
    let messageAt: Statement
    let keptMessage: Statement
    let list: Statement
    let reach: Statement
    let nextClient: Statement
    let ofClient: Statement
    let messageBySequence: Statement
    let free: Statement
    let purgeable: Statement
    let oldest: Statement
    let newest: Statement
    let expiredCount: Statement

    // Claims
    let hold: Statement
    let holdLonger: Statement
    let unhold: Statement
    let heldMessages: Statement
    let insertClaim: Statement
    let liveClaim: Statement
    let renewClaim: Statement
    let deleteClaim: Statement

    // Settling and collection
    let wakeDelayed: Statement
    let endedClaims: Statement
    let freeHeld: Statement
    let expiredMessages: Statement
    let retiredLife: Statement
    let markEmptied: Statement
    let messagesOfLife: Statement
    let claimsOfLife: Statement
    let forgetQueues: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        func prepare(_ sql: String) throws(SQLiteFailure) -> Statement { try connection.prepare(sql) }
        header = try prepare(
            """
            SELECT epoch, role, next_sequence, messages, claimed, turn, capture, fence, unfenced, first_mark, last_mark,
            marks, has_old_marks, retired_at FROM queues WHERE life = ?1
            """)
        openQueue = try prepare("INSERT OR IGNORE INTO queues(life, epoch, role) VALUES (?1, ?2, 0)")
        retireQueue = try prepare(
            """
            INSERT INTO queues(life, epoch, role, retired_at) VALUES (?1, ?2, 1, ?3)
            ON CONFLICT(life) DO UPDATE SET role = 1, retired_at = ?3, capture = NULL, fence = NULL
            WHERE role NOT IN (1, 2)
            """)
        storeHeader = try prepare(
            """
            UPDATE queues SET next_sequence = ?2, messages = ?3, claimed = ?4, last_mark = ?5, marks = ?6 WHERE life = ?1
            """)

        insertBody = try prepare("INSERT INTO bodies(body) VALUES (?1)")
        deleteBody = try prepare("DELETE FROM bodies WHERE body_id = ?1")
        insertMessage = try prepare(
            """
            INSERT INTO messages(life, sequence, id, kept, body_id, client, ttl, created, expires, delayed_until, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """)
        insertStored = try prepare(
            """
            INSERT INTO messages(life, sequence, id, kept, body_id, client, ttl, created, expires, delayed_until, state,
            claim, claimed_until, claim_count, start, length)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
            """)
        deleteMessage = try prepare("DELETE FROM messages WHERE life = ?1 AND sequence = ?2")
        messageAt = try prepare(
            "SELECT \(Self.columns) \(Self.source) WHERE m.life = ?1 AND m.sequence = ?2 AND m.id = ?3 AND m.expires > ?4")
        keptMessage = try prepare(
            """
            SELECT \(Self.columns) FROM messages m INDEXED BY messages_kept JOIN bodies b USING (body_id)
            WHERE m.life = ?1 AND m.id = ?2 AND m.kept = 1 AND m.expires > ?3
            """)
        let shown = "m.expires > ?3 AND (?4 OR m.claimed_until <= ?3) AND (?5 OR m.delayed_until <= ?3)"
        list = try prepare(
            """
            SELECT \(Self.columns) FROM messages m CROSS JOIN bodies b USING (body_id)
            WHERE m.life = ?1 AND m.sequence > ?2 AND m.sequence <= ?8 AND \(shown)
            AND (?6 IS NULL OR m.client <> ?6) ORDER BY m.sequence LIMIT ?7
            """)
        reach = try prepare(
            """
            SELECT max(sequence), count(*) FROM
            (SELECT sequence FROM messages WHERE life = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3)
            """)
        nextClient = try prepare(
            "SELECT client FROM messages INDEXED BY messages_client WHERE life = ?1 AND client > ?2 ORDER BY client LIMIT 1")
        ofClient = try prepare(
            """
            SELECT m.sequence FROM messages m INDEXED BY messages_client
            WHERE m.life = ?1 AND m.client = ?6 AND m.sequence > ?2 AND \(shown) ORDER BY m.sequence LIMIT ?7
            """)
        messageBySequence = try prepare(
            "SELECT \(Self.columns) \(Self.source) WHERE m.life = ?1 AND m.sequence = ?2")
        free = try prepare(
            """
            SELECT \(Self.columns) FROM messages m INDEXED BY messages_free CROSS JOIN bodies b USING (body_id)
            WHERE m.life = ?1 AND m.state = 0 AND m.sequence > ?4 AND m.sequence <= ?5 AND m.expires > ?2
            ORDER BY m.sequence LIMIT ?3
            """)
        purgeable = try prepare(
            """
            SELECT \(Self.place) FROM messages
            WHERE life = ?1 AND sequence > ?2 AND sequence <= ?3 AND claimed_until <= ?4 ORDER BY sequence LIMIT ?5
            """)
        let end = "SELECT sequence, id, created FROM messages WHERE life = ?1 AND expires > ?2 ORDER BY sequence"
        oldest = try prepare("\(end) LIMIT 1")
        newest = try prepare("\(end) DESC LIMIT 1")
        expiredCount = try prepare(
            """
            SELECT count(*), total(state = 2) FROM messages INDEXED BY messages_expiry
            WHERE expires <= ?2 AND life = ?1
            """)

        hold = try prepare(
            """
            UPDATE messages SET state = 2, claim = ?3, claimed_until = ?4, claim_count = ?5
            WHERE life = ?1 AND sequence = ?2
            """)
        holdLonger = try prepare(
            """
            UPDATE messages SET state = 2, claim = ?3, claimed_until = ?4, claim_count = ?5, ttl = ?6, expires = ?7
            WHERE life = ?1 AND sequence = ?2
            """)
        unhold = try prepare(
            """
            UPDATE messages INDEXED BY messages_claimed SET state = 0, claim = NULL, claimed_until = 0
            WHERE life = ?1 AND claim = ?2 AND state = 2
            """)
        heldMessages = try prepare(
            """
            SELECT \(Self.columns) FROM messages m INDEXED BY messages_claimed JOIN bodies b USING (body_id)
            WHERE m.life = ?1 AND m.claim = ?2 AND m.state = 2 AND m.expires > ?3 ORDER BY m.sequence
            """)
        insertClaim = try prepare(
            "INSERT OR REPLACE INTO claims(life, claim, ttl, renewed, expires) VALUES (?1, ?2, ?3, ?4, ?5)")
        liveClaim = try prepare(
            "SELECT ttl, renewed FROM claims WHERE life = ?1 AND claim = ?2 AND expires > ?3")
        renewClaim = try prepare(
            """
            UPDATE claims SET ttl = ?3, renewed = ?4, expires = ?5
            WHERE life = ?1 AND claim = ?2 AND expires > ?4 RETURNING 1
            """)
        deleteClaim = try prepare("DELETE FROM claims WHERE life = ?1 AND claim = ?2")

        wakeDelayed = try prepare(
            """
            UPDATE messages INDEXED BY messages_delayed SET state = 0 WHERE state = 1 AND delayed_until <= ?1
            """)
        endedClaims = try prepare("SELECT life, claim FROM claims INDEXED BY claims_expiry WHERE expires <= ?1")
        freeHeld = try prepare(
            """
            UPDATE messages INDEXED BY messages_claimed SET state = 0
            WHERE life = ?1 AND claim = ?2 AND state = 2 AND claimed_until <= ?3
            """)
        expiredMessages = try prepare(
            """
            SELECT life, \(Self.place) FROM messages INDEXED BY messages_expiry
            WHERE expires <= ?1 LIMIT ?2
            """)
        retiredLife = try prepare("SELECT life FROM queues INDEXED BY queues_retired WHERE role = 1 LIMIT 1")
        markEmptied = try prepare("UPDATE queues SET role = 2, has_old_marks = 0 WHERE life = ?1")
        messagesOfLife = try prepare("SELECT life, \(Self.place) FROM messages WHERE life = ?1 LIMIT ?2")
        claimsOfLife = try prepare("SELECT claim FROM claims WHERE life = ?1 LIMIT ?2")
        forgetQueues = try prepare(
            """
            DELETE FROM queues WHERE life IN
            (SELECT life FROM queues INDEXED BY queues_ended WHERE role IN (2, 7) AND retired_at < ?1 LIMIT ?2)
            """)
    }
}
