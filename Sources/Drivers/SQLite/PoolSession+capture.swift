internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

/// The pool as the source of a move.
extension PoolSession {
    func beginCapture(of queue: QueueRef, for migration: Int64) throws -> CaptureStart {
        var header = try served(queue)
        if header.capture == migration { return .continued }
        guard header.capture ?? .min < migration else { throw StorageError.staleRoute }
        header.endCapture()
        header.capture = migration
        if header.turn?.migration != migration { header.turn = nil }
        keep(header, of: queue.life)
        return .began
    }

    func endCapture(of queue: QueueRef, for migration: Int64, limit: Int) throws -> Bool {
        guard var header = try header(queue.life.value), header.role == Schema.Role.serving,
            header.epoch == queue.epoch.value, header.capture == nil || header.capture == migration
        else { return false }
        header.endCapture()
        let isLeft = try removeOldMarks(&header, of: queue.life.value, limit: limit)
        keep(header, of: queue.life)
        return isLeft
    }

    /// The header, if this pool serves exactly this life and epoch, and the migration captures.
    private func captured(_ queue: QueueRef, by migration: Int64) throws -> QueueHeader {
        let header = try served(queue)
        guard header.capture == migration else { throw StorageError.staleRoute }
        return header
    }

    // MARK: Marks

    func changes(
        of queue: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) throws -> QueueChanges {
        let header = try captured(queue, by: migration)
        let marks = try moves.changes.bind(1, queue.life.value).bind(2, header.firstMark).bind(3, limit)
            .rows { (key: ChangeKey($0, 0), mark: $0.integer(1)) }
        var changes = QueueChanges(part: QueuePart(), mark: header.lastMark, left: 0)
        var size = 0
        var messages: [StoredMessage] = []
        for (key, mark) in marks {
            let message = try message(key, in: queue.life, now: now)
            size += message?.bodyLength ?? 0
            guard changes.part.isEmpty && messages.isEmpty || size <= bytes else { break }
            if let message {
                messages.append(message)
            } else {
                try addOther(key, to: &changes.part, in: queue.life, now: now)
            }
            changes.mark = mark
        }
        messages.sort { $0.message.sequence < $1.message.sequence }
        try readBodies(of: &messages)
        changes.part.messages = messages.map(\.message)
        changes.left = header.marks - changes.part.count
        return changes
    }

    private func message(
        _ key: ChangeKey, in life: QueueLife, now: Timestamp
    ) throws(SQLiteFailure) -> StoredMessage? {
        guard case .message(let sequence) = key, let stored = try message(at: sequence, in: life.value),
            stored.message.expires > now
        else { return nil }
        return stored
    }

    /// Adds a claim, or what is gone.
    private func addOther(
        _ key: ChangeKey, to part: inout QueuePart, in life: QueueLife, now: Timestamp
    ) throws(SQLiteFailure) {
        switch key {
        case .message(let sequence):
            part.goneMessages.append(MessageSequence(sequence))
        case .claim(let id):
            if let claim = try movedClaim(id, in: life, now: now) {
                part.claims.append(claim)
            } else {
                part.goneClaims.append(id)
            }
        }
    }

    func clearChanges(of queue: QueueRef, for migration: Int64, through mark: Int64) throws {
        var header = try captured(queue, by: migration)
        try moves.clearChanges.bind(1, queue.life.value).bind(2, header.firstMark).bind(3, mark).run()
        header.marks -= connection.changes
        keep(header, of: queue.life)
    }

    // MARK: Fence

    func fence(_ queue: QueueRef, turn: MoveTurn) throws {
        var header = try captured(queue, by: turn.migration)
        guard turn > header.unfenced else { throw StorageError.staleRoute }
        header.fence = max(header.fence ?? turn, turn)
        keep(header, of: queue.life)
    }

    func unfence(_ queue: QueueRef, through turn: MoveTurn) throws {
        var header = try served(queue)
        header.unfenced = max(header.unfenced, turn)
        if let fence = header.fence, fence <= turn { header.fence = nil }
        keep(header, of: queue.life)
    }

    func markMoved(_ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp) throws {
        let held = try header(queue.life.value)
        if let held, held.hasMoved, held.turn?.migration == turn.migration { return }
        var header = try served(queue)
        guard header.fence?.migration == turn.migration else { throw StorageError.staleRoute }
        header.endCapture()
        header.epoch = epoch.value
        header.role = Schema.Role.moved
        header.turn = turn
        header.movedAt = now
        keep(header, of: queue.life)
    }
}
