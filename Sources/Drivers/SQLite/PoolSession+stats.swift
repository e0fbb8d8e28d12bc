internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

extension PoolSession {
    func stats(of queue: QueueRef, now: Timestamp) throws -> QueueStats {
        try checked(queue)
        return try stats(of: queue.life.value, now: now)
    }

    /// What there is of a life, whatever the role.
    func stats(of life: Int64, now: Timestamp) throws(SQLiteFailure) -> QueueStats {
        try settle(now)
        guard let header = try header(life) else { return .empty }
        let expired = try sql.expiredCount.bind(1, life).bind(2, now.milliseconds)
            .first { (all: $0.int(0), claimed: $0.int(1)) } ?? (all: 0, claimed: 0)
        let sealed = try parcels.expiredOfLife.bind(1, life).bind(2, now.milliseconds).rows(Parcel.init)
            .reduce(0) { $0 + $1.messages().count { $0.message.expires <= now } }
        let claimed = header.claimed - expired.claimed
        return QueueStats(
            claimed: claimed, free: header.messages - expired.all - sealed - claimed,
            oldest: try oldest(of: life, now: now), newest: try newest(of: life, now: now))
    }

    private func oldest(of life: Int64, now: Timestamp) throws(SQLiteFailure) -> QueueStats.End? {
        let row = try end(sql.oldest, of: life, now: now)
        let sealed = try unexpired(parcels.forwards, of: life, now: now).first.map(MessageEnd.init)
        return [row, sealed].compactMap(\.self).min { $0.sequence < $1.sequence }?.end
    }

    private func newest(of life: Int64, now: Timestamp) throws(SQLiteFailure) -> QueueStats.End? {
        let row = try end(sql.newest, of: life, now: now)
        let sealed = try unexpired(parcels.backwards, of: life, now: now).last.map(MessageEnd.init)
        return [row, sealed].compactMap(\.self).max { $0.sequence < $1.sequence }?.end
    }

    private func end(
        _ statement: Statement, of life: Int64, now: Timestamp
    ) throws(SQLiteFailure) -> MessageEnd? {
        try statement.bind(1, life).bind(2, now.milliseconds).first(MessageEnd.init)
    }

    /// What has not expired in the first of the sealed parcels that has any such.
    private func unexpired(
        _ statement: Statement, of life: Int64, now: Timestamp
    ) throws(SQLiteFailure) -> [Message] {
        let row = statement.bind(1, life)
        defer { row.reset() }
        while try row.step() {
            let messages = try Parcel(row).messages().map(\.message).filter { $0.expires > now }
            if !messages.isEmpty { return messages }
        }
        return []
    }
}

/// The oldest or the newest message.
private struct MessageEnd {
    let sequence: Int64
    let end: QueueStats.End

    init(_ row: Statement) {
        sequence = row.integer(0)
        let id = row.bits128(1) ?? (0, 0)
        end = QueueStats.End(
            id: MessageID(high: id.high, low: id.low), created: Timestamp(milliseconds: row.integer(2)))
    }

    init(_ message: Message) {
        sequence = message.sequence.value
        end = QueueStats.End(id: message.id, created: message.created)
    }
}
