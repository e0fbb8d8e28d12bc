internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

/// The work on one connection to a pool file. Each method is one step inside a transaction that the caller
/// opened; it may share that transaction with others.
final class PoolSession: DatabaseSession {
    let connection: Connection
    let sql: PoolStatements
    /// Delays and claims that ended up to here have given their messages back.
    var settledUntil = Timestamp(milliseconds: .min)

    init(_ connection: Connection) throws(SQLiteFailure) {
        self.connection = connection
        sql = try PoolStatements(connection)
    }

    /// The headers this transaction has read. They are changed here and written once, before the commit: of a
    /// hundred posts to one queue that share a transaction each would write the same row.
    private var headers: [Int64: QueueHeader] = [:]

    func willCommit() throws(SQLiteFailure) {
        for (life, header) in headers where header.isChanged {
            try sql.storeHeader.bind(1, life).bind(2, header.nextSequence).bind(3, header.messages)
                .bind(4, header.claimed).run()
        }
        headers.removeAll(keepingCapacity: true)
    }

    func rolledBack() {
        headers.removeAll(keepingCapacity: true)
        settledUntil = Timestamp(milliseconds: .min)
    }

    // MARK: Headers

    /// The header, if this pool serves exactly this life and epoch.
    @discardableResult
    func checked(_ queue: QueueRef) throws -> QueueHeader {
        guard let header = try header(queue.life.value) else { throw StorageError.queueNotOpen }
        guard header.role == Schema.Role.serving, header.epoch == queue.epoch.value else {
            throw StorageError.staleRoute
        }
        return header
    }

    private func header(_ life: Int64) throws(SQLiteFailure) -> QueueHeader? {
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
            guard header.role == Schema.Role.serving else { return }
            guard header.epoch <= queue.epoch.value else { throw StorageError.staleRoute }
        }
        try sql.retireQueue.bind(1, queue.life.value).bind(2, queue.epoch.value).bind(3, now.milliseconds).run()
        headers[queue.life.value] = nil
    }

    // MARK: Finding messages

    /// The message with this id, if it has not expired.
    func find(_ id: MessageID, in queue: QueueRef, now: Timestamp) throws(SQLiteFailure) -> StoredMessage? {
        let native = try sql.messageAt.bind(1, queue.life.value).bind(2, id.sequence.value)
            .bind(3, high: id.high, low: id.low).bind(4, now.milliseconds).first(StoredMessage.init)
        if let native { return native }
        return try sql.keptMessage.bind(1, queue.life.value).bind(2, high: id.high, low: id.low)
            .bind(3, now.milliseconds).first(StoredMessage.init)
    }

    /// Removes messages of a queue and keeps its counts right.
    func remove(_ places: [MessagePlace], from life: Int64) throws(SQLiteFailure) {
        guard !places.isEmpty else { return }
        var claimed = 0
        for place in places {
            try sql.deleteMessage.bind(1, life).bind(2, place.sequence).run()
            try sql.deleteBody.bind(1, place.bodyID).run()
            if place.state == Schema.State.claimed { claimed += 1 }
        }
        try count(messages: -places.count, claimed: -claimed, in: life)
    }

    func isLive(_ claim: ClaimID, in queue: QueueRef, now: Timestamp) throws(SQLiteFailure) -> Bool {
        try sql.liveClaim.bind(1, queue.life.value).bind(2, high: claim.high, low: claim.low)
            .bind(3, now.milliseconds).first { _ in true } ?? false
    }
}
