internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

/// The pool as the target of a move.
extension PoolSession {
    func openShadow(of queue: QueueRef, turn: MoveTurn) throws -> ShadowStart {
        var start = ShadowStart.fresh
        if let header = try header(queue.life.value) {
            guard let found = header.shadowStart(turn, queue.epoch.value) else { throw StorageError.staleRoute }
            guard found != .leftover else { return .leftover }
            start = found
        } else {
            try moves.insertShadow.bind(1, queue.life.value).bind(2, queue.epoch.value).run()
        }
        guard var header = try header(queue.life.value) else { throw StorageError.queueNotOpen }
        header.endCapture()
        header.role = Schema.Role.importing
        header.epoch = queue.epoch.value
        header.turn = turn
        keep(header, of: queue.life)
        return start
    }

    // MARK: Importing

    func `import`(_ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp) throws {
        guard try header(life.value)?.isImporting(by: turn) == true else { throw StorageError.staleRoute }
        for sequence in part.goneMessages { try removeMessage(sequence, from: life) }
        for claim in part.goneClaims { try removeClaim(claim, from: life) }
        // What the pool has seen end is over, though the caller's clock may be behind.
        let now = max(now, settledUntil)
        var claimed = 0
        for message in part.messages {
            if try put(message, into: life, now: now) { claimed += 1 }
        }
        try count(messages: part.messages.count, claimed: claimed, in: life.value)
        for claim in part.claims {
            try moves.importClaim.bind(1, life.value).bind(2, high: claim.id.high, low: claim.id.low)
                .bind(3, claim.ttl).bind(4, claim.renewed.milliseconds).bind(5, claim.until.milliseconds).run()
        }
    }

    private func removeMessage(_ sequence: MessageSequence, from life: QueueLife) throws(SQLiteFailure) {
        let place = try moves.placeAt.bind(1, life.value).bind(2, sequence.value)
            .first { MessagePlace(sequence: $0.integer(0), bodyID: $0.integer(1), state: $0.int(2)) }
        if let place { try remove([place], from: life.value) }
    }

    /// What it held is free. If it was released its messages are marked too, and say so when they come.
    private func removeClaim(_ claim: ClaimID, from life: QueueLife) throws(SQLiteFailure) {
        try moves.freeAllHeld.bind(1, life.value).bind(2, high: claim.high, low: claim.low).run()
        try count(messages: 0, claimed: -connection.changes, in: life.value)
        try sql.deleteClaim.bind(1, life.value).bind(2, high: claim.high, low: claim.low).run()
    }

    /// True if a claim holds it. Then the claim has to be there as well, for it is by the claim's end that the message
    /// becomes free: if the claim ends before it is copied, it never comes.
    private func put(_ message: Message, into life: QueueLife, now: Timestamp) throws(SQLiteFailure) -> Bool {
        try removeMessage(message.sequence, from: life)
        let holder = message.claimedUntil > now ? message.claim : nil
        let state =
            holder != nil
            ? Schema.State.claimed : message.delayedUntil > now ? Schema.State.delayed : Schema.State.free
        try insert(message, into: life, state: state)
        guard let holder else { return false }
        try moves.supplyClaim.bind(1, life.value).bind(2, high: holder.high, low: holder.low)
            .bind(3, message.claimedUntil.milliseconds).run()
        return true
    }

    private func insert(_ message: Message, into life: QueueLife, state: Int) throws(SQLiteFailure) {
        try sql.insertBody.bind(1, message.body.bytes).run()
        let isKept = message.id.sequence != message.sequence
        let row = moves.importMessage
            .bind(1, life.value).bind(2, message.sequence.value).bind(3, high: message.id.high, low: message.id.low)
            .bind(4, isKept ? Int64(1) : nil).bind(5, connection.lastInsertedRow).bind(6, message.client.packed)
            .bind(7, message.ttl).bind(8, message.created.milliseconds).bind(9, message.expires.milliseconds)
            .bind(10, message.delayedUntil.milliseconds).bind(11, state)
            .bind(13, message.claimedUntil.milliseconds).bind(14, message.claimCount)
        if let claim = message.claim { row.bind(12, high: claim.high, low: claim.low) } else { row.bindNull(12) }
        try row.run()
    }

    // MARK: The end of a shadow

    func finalise(_ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool) throws {
        guard var header = try header(queue.life.value), header.isImporting(by: turn) else {
            guard try served(queue).turn == turn else { throw StorageError.staleRoute }
            return
        }
        let held = try moves.lastHeld.bind(1, queue.life.value).first { $0.integer(0) } ?? 0
        header.nextSequence = max(header.nextSequence, last.value + 1, held + 1)
        header.role = Schema.Role.serving
        header.epoch = queue.epoch.value
        header.capture = isCapturing ? turn.migration : nil
        keep(header, of: queue.life)
    }

    func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) throws -> Bool {
        guard var header = try header(life.value), !header.isTombstone else { return false }
        guard header.mayBeCleared(by: turn) else { throw StorageError.staleRoute }
        header.endCapture()
        if !header.hasMoved { header.turn = turn }
        header.role = header.hasMoved ? Schema.Role.clearingMoved : Schema.Role.clearingShadow
        keep(header, of: life)
        guard try empty(life.value, limit: limit) < limit else { return true }
        guard header.hasMoved, var header = try self.header(life.value) else {
            try forget(life)
            return false
        }
        header.role = Schema.Role.cleared
        header.hasOldMarks = false
        keep(header, of: life)
        return false
    }
}
