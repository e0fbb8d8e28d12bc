internal import SQLiteEngine
internal import WeirDomain

extension PoolSession {
    /// Removes at most `limit` records that nobody can see any more; true if there may be more.
    func collect(_ limit: Int, now: Timestamp) throws -> Bool {
        try settle(now)
        var expired = try sql.expiredMessages.bind(1, now.milliseconds).bind(2, limit).rows(LostMessage.init)
        expired += try expiredInParcels(limit - expired.count, now: now)
        try remove(expired)
        guard expired.count < limit else { return true }
        return try collectRetired(limit - expired.count, now: now)
    }

    private func expiredInParcels(_ limit: Int, now: Timestamp) throws(SQLiteFailure) -> [LostMessage] {
        try parcels.expired.bind(1, now.milliseconds).bind(2, limit).messages(limit) { $0.message.expires <= now }
    }

    private func remove(_ messages: [LostMessage]) throws(SQLiteFailure) {
        for (life, lost) in Dictionary(grouping: messages, by: \.life) {
            try remove(lost.map(\.place), from: life)
        }
    }

    /// Empties queues whose life is over, a bounded number of records, and forgets those that ended long ago.
    private func collectRetired(_ limit: Int, now: Timestamp) throws(SQLiteFailure) -> Bool {
        var left = limit
        while left > 0 {
            guard let life = try sql.retiredLife.first({ $0.integer(0) }) else {
                let forgotten = try forgetTombstones(left, now: now)
                if forgotten == left { return true }
                return try removeOldMarks(left - forgotten)
            }
            let removed = try empty(life, limit: left)
            if removed < left { try markEmptied(life) }
            left -= max(1, removed)
        }
        return true
    }

    /// Removes at most `limit` records of a queue, and says how many: fewer if none are left.
    func empty(_ life: Int64, limit: Int) throws(SQLiteFailure) -> Int {
        var messages = try sql.messagesOfLife.bind(1, life).bind(2, limit).rows(LostMessage.init)
        messages += try parcels.forwards.bind(1, life).messages(limit - messages.count) { _ in true }
        try remove(messages)
        let claims = try sql.claimsOfLife.bind(1, life).bind(2, limit - messages.count)
            .rows { $0.bits128(0) ?? (0, 0) }
        for claim in claims {
            try sql.deleteClaim.bind(1, life).bind(2, high: claim.high, low: claim.low).run()
        }
        let removed = messages.count + claims.count
        return removed + (try moves.removeMarks(of: life, through: .max, limit: limit - removed))
    }

    /// Removes marks of a capture that is over; false if there are none.
    private func removeOldMarks(_ limit: Int) throws(SQLiteFailure) -> Bool {
        guard let life = try moves.lifeWithOldMarks.first({ $0.integer(0) }), var header = try header(life) else {
            return false
        }
        try removeOldMarks(&header, of: life, limit: limit)
        keep(header, of: QueueLife(life))
        return true
    }

    /// True if that was the limit, and there may be more.
    @discardableResult
    func removeOldMarks(_ header: inout QueueHeader, of life: Int64, limit: Int) throws(SQLiteFailure) -> Bool {
        let removed = try moves.removeMarks(of: life, through: header.firstMark, limit: limit)
        header.hasOldMarks = removed == limit
        return header.hasOldMarks
    }

    private func forgetTombstones(_ limit: Int, now: Timestamp) throws(SQLiteFailure) -> Int {
        let old = now.adding(seconds: -Limits.tombstoneSeconds)
        try sql.forgetQueues.bind(1, old.milliseconds).bind(2, limit).run()
        return connection.changes
    }
}

extension Statement {
    /// The first of the messages in the parcels that this finds which are wanted.
    fileprivate func messages(
        _ limit: Int, where isWanted: (StoredMessage) -> Bool
    ) throws(SQLiteFailure) -> [LostMessage] {
        defer { reset() }
        var found: [LostMessage] = []
        while found.count < limit, try step() {
            let parcel = try Parcel(self)
            found += parcel.messages().lazy.filter(isWanted).prefix(limit - found.count)
                .map { LostMessage(life: parcel.life, place: $0.place) }
        }
        return found
    }
}
