internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

/// The work on one connection to a pool file. Each method is one step inside a transaction that the caller
/// opened; it may share that transaction with others.
final class PoolSession: DatabaseSession {
    let connection: Connection
    let sql: PoolStatements
    let moves: MoveStatements
    let parcels: ParcelStatements
    /// Delays and claims that ended up to here have given their messages back.
    var settledUntil = Timestamp(milliseconds: .min)

    init(_ connection: Connection) throws(SQLiteFailure) {
        self.connection = connection
        sql = try PoolStatements(connection)
        moves = try MoveStatements(connection)
        parcels = try ParcelStatements(connection)
    }

    /// The headers this transaction has read. They are changed here and written once, before the commit: of a
    /// hundred posts to one queue that share a transaction each would write the same row.
    private var headers: [Int64: QueueHeader] = [:]

    func willCommit() throws(SQLiteFailure) {
        for (life, header) in headers {
            if header.hasNewRole { try moves.storeRole(header, of: life) }
            guard header.isChanged else { continue }
            try sql.storeHeader.bind(1, life).bind(2, header.nextSequence).bind(3, header.messages)
                .bind(4, header.claimed).bind(5, header.lastMark).bind(6, header.marks).run()
        }
        headers.removeAll(keepingCapacity: true)
    }

    func rolledBack() {
        headers.removeAll(keepingCapacity: true)
        settledUntil = Timestamp(milliseconds: .min)
    }

    // MARK: Headers

    /// The header, if this pool serves exactly this life and epoch, and no fence keeps its clients out.
    @discardableResult
    func checked(_ queue: QueueRef) throws -> QueueHeader {
        let header = try served(queue)
        guard header.fence == nil else { throw StorageError.fenced }
        return header
    }

    /// The header, if this pool serves exactly this life and epoch, fenced or not.
    func served(_ queue: QueueRef) throws -> QueueHeader {
        guard let header = try header(queue.life.value) else { throw StorageError.queueNotOpen }
        guard header.role == Schema.Role.serving, header.epoch == queue.epoch.value else {
            throw StorageError.staleRoute
        }
        return header
    }

    /// Replaces what is known of a queue; the row follows before the commit.
    func keep(_ header: QueueHeader, of life: QueueLife) {
        var header = header
        header.isChanged = true
        header.hasNewRole = true
        headers[life.value] = header
    }

    /// Removes the header: the pool does not know the life any more.
    func forget(_ life: QueueLife) throws(SQLiteFailure) {
        try moves.deleteQueue.bind(1, life.value).run()
        headers[life.value] = nil
    }

    func header(_ life: Int64) throws(SQLiteFailure) -> QueueHeader? {
        if let known = headers[life] { return known }
        let found = try sql.header.bind(1, life).first(QueueHeader.init)
        headers[life] = found
        return found
    }

    /// Reserves `count` sequences for new messages, if this pool serves exactly this life and epoch, and returns the
    /// first.
    func allocate(_ count: Int, in queue: QueueRef) throws -> Int64 {
        var header = try checked(queue)
        let first = header.nextSequence
        header.nextSequence += Int64(count)
        header.messages += count
        header.isChanged = true
        headers[queue.life.value] = header
        return first
    }

    /// Notes that messages, by their sequences, and claims have changed, if a migration wants to know.
    func mark(
        _ messages: some Sequence<Int64>, _ claims: [ClaimID] = [], in life: Int64
    ) throws(SQLiteFailure) {
        guard var header = try header(life), header.capture != nil else { return }
        for sequence in messages { try moves.mark(.message(sequence), of: life, &header) }
        for claim in claims { try moves.mark(.claim(claim), of: life, &header) }
        header.isChanged = true
        headers[life] = header
    }

    /// Keeps the counts of a queue right after messages went or changed hands.
    func count(messages: Int, claimed: Int, in life: Int64) throws(SQLiteFailure) {
        guard messages != 0 || claimed != 0, var header = try header(life) else { return }
        header.messages += messages
        header.claimed += claimed
        header.isChanged = true
        headers[life] = header
    }

    func open(_ queue: QueueRef) throws {
        try sql.openQueue.bind(1, queue.life.value).bind(2, queue.epoch.value).run()
        try checked(queue)
    }

    func retire(_ queue: QueueRef, now: Timestamp) throws {
        if let header = try header(queue.life.value) {
            guard header.role != Schema.Role.retired, header.role != Schema.Role.emptied else { return }
            guard header.role != Schema.Role.serving || header.epoch <= queue.epoch.value else {
                throw StorageError.staleRoute
            }
        }
        try sql.retireQueue.bind(1, queue.life.value).bind(2, queue.epoch.value).bind(3, now.milliseconds).run()
        headers[queue.life.value] = nil
    }

    /// Nothing is left of a retired queue but its header.
    func markEmptied(_ life: Int64) throws(SQLiteFailure) {
        try sql.markEmptied.bind(1, life).run()
        headers[life] = nil
    }

    // MARK: Finding messages

    /// The message with this id, if it has not expired; without its body if it shares one.
    func find(_ id: MessageID, in queue: QueueRef, now: Timestamp) throws(SQLiteFailure) -> StoredMessage? {
        let native = try sql.messageAt.bind(1, queue.life.value).bind(2, id.sequence.value)
            .bind(3, high: id.high, low: id.low).bind(4, now.milliseconds).first(StoredMessage.init)
        if let native { return native }
        if let sealed = try sealed(at: id.sequence.value, in: queue.life.value), sealed.message.id == id {
            return sealed.message.expires > now ? sealed : nil
        }
        return try sql.keptMessage.bind(1, queue.life.value).bind(2, high: id.high, low: id.low)
            .bind(3, now.milliseconds).first(StoredMessage.init)
    }

    /// Removes messages of a queue and keeps its counts right.
    func remove(_ places: [MessagePlace], from life: Int64) throws(SQLiteFailure) {
        guard !places.isEmpty else { return }
        var leaving: [Int64: Int] = [:]
        for place in try removeWhole(places, from: life) {
            try sql.deleteMessage.bind(1, life).bind(2, place.sequence).run()
            if place.form == .alone {
                try sql.deleteBody.bind(1, place.bodyID).run()
            } else {
                leaving[place.bodyID, default: 0] += 1
            }
        }
        for (bodyID, count) in leaving { try leave(bodyID, count) }
        let claimed = places.count { $0.state == Schema.State.claimed }
        try count(messages: -places.count, claimed: -claimed, in: life)
    }

    /// Gives a message a row; its body is there.
    func insert(
        _ message: Message, into life: Int64, state: Int, bodyID: Int64, part: BodyPart?
    ) throws(SQLiteFailure) {
        let isKept = message.id.sequence != message.sequence
        let row = sql.insertStored
            .bind(1, life).bind(2, message.sequence.value).bind(3, high: message.id.high, low: message.id.low)
            .bind(4, isKept ? Int64(1) : nil).bind(5, bodyID).bind(6, message.client.packed)
            .bind(7, message.ttl).bind(8, message.created.milliseconds).bind(9, message.expires.milliseconds)
            .bind(10, message.delayedUntil.milliseconds).bind(11, state)
            .bind(13, message.claimedUntil.milliseconds).bind(14, message.claimCount)
            .bind(15, part.map { Int64($0.start) }).bind(16, part.map { Int64($0.length) })
        if let claim = message.claim { row.bind(12, high: claim.high, low: claim.low) } else { row.bindNull(12) }
        try row.run()
    }

    func isLive(_ claim: ClaimID, in queue: QueueRef, now: Timestamp) throws(SQLiteFailure) -> Bool {
        try sql.liveClaim.bind(1, queue.life.value).bind(2, high: claim.high, low: claim.low)
            .bind(3, now.milliseconds).first { _ in true } ?? false
    }
}
