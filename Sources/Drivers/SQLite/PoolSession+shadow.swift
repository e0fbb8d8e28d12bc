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
        let now = settled(at: now)
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
        if let place = try place(at: sequence.value, in: life.value) { try remove([place], from: life.value) }
    }

    private func place(at sequence: Int64, in life: Int64) throws(SQLiteFailure) -> MessagePlace? {
        let row = try moves.placeAt.bind(1, life).bind(2, sequence).first { MessagePlace($0) }
        if let row { return row }
        return try sealed(at: sequence, in: life)?.place
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
        try sql.insertBody.bind(1, message.body.bytes).run()
        try insert(message, into: life.value, state: state, bodyID: connection.lastInsertedRow, part: nil)
        guard let holder else { return false }
        try moves.supplyClaim.bind(1, life.value).bind(2, high: holder.high, low: holder.low)
            .bind(3, message.claimedUntil.milliseconds).run()
        return true
    }

    // MARK: The end of a shadow

    func finalise(_ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool) throws {
        guard var header = try header(queue.life.value), header.isImporting(by: turn) else {
            guard try served(queue).turn == turn else { throw StorageError.staleRoute }
            return
        }
        // What is sealed was posted here, so that the next sequence is above it.
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
