internal import SQLiteEngine

/// The prepared statements about parcels, sealed and opened.
final class ParcelStatements {
    // Sealed
    let insert: Statement
    let delete: Statement
    let after: Statement
    let reach: Statement
    let nextClient: Statement
    let ofClient: Statement
    let forwards: Statement
    let backwards: Statement
    let expired: Statement
    let expiredOfLife: Statement
    let count: Statement

    // Opened
    let insertOpened: Statement
    let leave: Statement
    let deleteOpened: Statement
    let miscounted: Statement
    let recount: Statement

    let body: Statement

    init(_ connection: Connection) throws(SQLiteFailure) {
        func prepare(_ sql: String) throws(SQLiteFailure) -> Statement { try connection.prepare(sql) }
        insert = try prepare(
            """
            INSERT INTO parcels(life, last, first, body_id, client, created, expires, records)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """)
        delete = try prepare("DELETE FROM parcels WHERE life = ?1 AND last = ?2")
        let all = "SELECT \(Parcel.columns) FROM parcels"
        after = try prepare("\(all) WHERE life = ?1 AND last > ?2 ORDER BY last LIMIT 1")
        reach = try prepare(
            """
            SELECT max(last), count(*) FROM
            (SELECT last FROM parcels WHERE life = ?1 AND last > ?2 ORDER BY last LIMIT ?3)
            """)
        nextClient = try prepare(
            "SELECT client FROM parcels INDEXED BY parcels_client WHERE life = ?1 AND client > ?2 ORDER BY client LIMIT 1")
        ofClient = try prepare(
            "\(all) INDEXED BY parcels_client WHERE life = ?1 AND client = ?2 AND last > ?3 ORDER BY last")
        forwards = try prepare("\(all) WHERE life = ?1 ORDER BY last")
        backwards = try prepare("\(all) WHERE life = ?1 ORDER BY last DESC")
        expired = try prepare("\(all) INDEXED BY parcels_expiry WHERE expires <= ?1 LIMIT ?2")
        expiredOfLife = try prepare("\(all) INDEXED BY parcels_expiry WHERE expires <= ?2 AND life = ?1")
        count = try prepare("SELECT coalesce(sum(last - first + 1), 0) FROM parcels WHERE life = ?1")

        insertOpened = try prepare("INSERT INTO opened(body_id, messages) VALUES (?1, ?2)")
        leave = try prepare("UPDATE opened SET messages = messages - ?2 WHERE body_id = ?1 RETURNING messages")
        deleteOpened = try prepare("DELETE FROM opened WHERE body_id = ?1")

        miscounted = try prepare(
            """
            SELECT found.body_id, found.first, found.last FROM
            (SELECT body_id, min(sequence) AS first, max(sequence) AS last, count(*) AS messages FROM messages
            WHERE life = ?1 AND start IS NOT NULL GROUP BY body_id) found
            LEFT JOIN opened USING (body_id) WHERE opened.messages IS NOT found.messages
            """)
        recount = try prepare(
            """
            INSERT OR REPLACE INTO opened(body_id, messages) SELECT ?2, count(*) FROM messages
            WHERE life = ?1 AND sequence BETWEEN ?3 AND ?4 AND body_id = ?2 AND start IS NOT NULL GROUP BY body_id
            """)

        body = try prepare("SELECT body FROM bodies WHERE body_id = ?1")
    }
}
