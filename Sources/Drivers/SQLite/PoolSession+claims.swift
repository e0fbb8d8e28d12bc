internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

extension PoolSession {
    /// Gives back what delays and claims that ended by `now` held. Each message is freed once for each time it
    /// was held, so this adds nothing to the cost of the holds.
    func settle(_ now: Timestamp) throws(SQLiteFailure) {
        guard now >= settled(at: now), now != settledUntil else { return }
        try sql.wakeDelayed.bind(1, now.milliseconds).run()
        let ended = try sql.endedClaims.bind(1, now.milliseconds).rows { row in
            (life: row.integer(0), claim: row.bits128(1) ?? (0, 0))
        }
        for (life, claim) in ended {
            try sql.freeHeld.bind(1, life).bind(2, high: claim.high, low: claim.low).bind(3, now.milliseconds).run()
            let freed = connection.changes
            try sql.deleteClaim.bind(1, life).bind(2, high: claim.high, low: claim.low).run()
            try count(messages: 0, claimed: -freed, in: life)
        }
        settledUntil = now
    }

    /// The time for which claims are made. A clock that was far ahead of this one is not believed any more.
    func settled(at now: Timestamp) -> Timestamp {
        settledUntil > now.adding(seconds: Limits.clockDifferenceSeconds) ? now : max(now, settledUntil)
    }

    /// The first messages that a claim may take. A clock that is behind another caller's does not bring back
    /// what that one has seen end.
    func takeable(_ limit: Int, in queue: QueueRef, now: Timestamp) throws(SQLiteFailure) -> [StoredMessage] {
        try settle(now)
        var taken: [StoredMessage] = []
        var stretches = stretches(of: queue.life.value)
        while taken.count < limit, let stretch = try stretches.next() {
            switch stretch {
            case .rows(let after, let last):
                taken += try sql.free.bind(1, queue.life.value).bind(2, now.milliseconds).bind(3, limit - taken.count)
                    .bind(4, after).bind(5, last).rows(StoredMessage.init)
            case .sealed(let messages):
                taken += messages.lazy.filter { $0.message.expires > now }.prefix(limit - taken.count)
            }
        }
        try readBodies(of: &taken)
        return taken
    }

    func claim(_ request: ClaimRequest, in queue: QueueRef, now: Timestamp) throws -> ClaimOutcome {
        let header = try checked(queue)
        let now = settled(at: now)
        let taken = try takeable(request.limit, in: queue, now: now)
        guard !taken.isEmpty else { return ClaimOutcome(delivered: [], dead: []) }
        var outcome = ClaimOutcome(delivered: [], dead: [])
        var sealed: [Message] = []
        for stored in taken {
            let held: Message
            if let rule = request.deadLetter, stored.message.claimCount >= rule.maximumClaims {
                held = stored.message.held(under: rule, now: now)
                outcome.dead.append(held)
            } else {
                held = stored.message.held(under: request, now: now)
                outcome.delivered.append(held)
            }
            if stored.form == .sealed {
                sealed.append(held)
            } else {
                try store(held, in: queue, extended: held.expires != stored.message.expires)
            }
        }
        try open(holding: sealed, in: queue.life.value)
        if !outcome.delivered.isEmpty {
            try insertClaim(request.id, ttl: request.terms.ttl, in: queue, now: now)
        }
        if let rule = request.deadLetter, !outcome.dead.isEmpty {
            try insertClaim(rule.hold, ttl: Limits.deadLetterHoldSeconds, in: queue, now: now)
        }
        try count(messages: 0, claimed: taken.count, in: queue.life.value)
        if header.capture != nil { try markTaken(outcome, by: request, in: queue) }
        return outcome
    }

    private func markTaken(
        _ outcome: ClaimOutcome, by request: ClaimRequest, in queue: QueueRef
    ) throws(SQLiteFailure) {
        var claims = outcome.delivered.isEmpty ? [] : [request.id]
        if let rule = request.deadLetter, !outcome.dead.isEmpty { claims.append(rule.hold) }
        try mark((outcome.delivered + outcome.dead).map(\.sequence.value), claims, in: queue.life.value)
    }

    /// Opens the parcels of these messages, which are in order.
    private func open(holding messages: [Message], in life: Int64) throws(SQLiteFailure) {
        var rest = messages[...]
        while let first = rest.first, let parcel = try parcel(after: first.sequence.value - 1, in: life) {
            let held = rest.prefix { $0.sequence.value <= parcel.last }
            try open(parcel, changed: Array(held))
            rest = rest.dropFirst(held.count)
        }
    }

    /// Writes the claim of a message. Leaving expiry alone where it stays the same spares its index.
    private func store(_ message: Message, in queue: QueueRef, extended: Bool) throws(SQLiteFailure) {
        let claim = message.claim ?? ClaimID(high: 0, low: 0)
        let statement = extended ? sql.holdLonger : sql.hold
        statement.bind(1, queue.life.value).bind(2, message.sequence.value)
            .bind(3, high: claim.high, low: claim.low).bind(4, message.claimedUntil.milliseconds)
            .bind(5, message.claimCount)
        if extended { statement.bind(6, message.ttl).bind(7, message.expires.milliseconds) }
        try statement.run()
    }

    private func insertClaim(_ id: ClaimID, ttl: Int, in queue: QueueRef, now: Timestamp) throws(SQLiteFailure) {
        try sql.insertClaim.bind(1, queue.life.value).bind(2, high: id.high, low: id.low).bind(3, ttl)
            .bind(4, now.milliseconds).bind(5, now.adding(seconds: ttl).milliseconds).run()
    }

    func claim(_ id: ClaimID, in queue: QueueRef, now: Timestamp) throws -> Claim? {
        try checked(queue)
        let found = try sql.liveClaim.bind(1, queue.life.value).bind(2, high: id.high, low: id.low)
            .bind(3, now.milliseconds).first { (ttl: $0.int(0), renewed: $0.integer(1)) }
        guard let found else { return nil }
        let messages = try held(by: id, in: queue, now: now)
        return Claim(
            id: id, ttl: found.ttl, renewed: Timestamp(milliseconds: found.renewed), messages: messages)
    }

    private func held(by id: ClaimID, in queue: QueueRef, now: Timestamp) throws(SQLiteFailure) -> [Message] {
        var found = FoundMessages()
        try found.append(
            sql.heldMessages.bind(1, queue.life.value).bind(2, high: id.high, low: id.low).bind(3, now.milliseconds))
        return try complete(found)
    }

    func renew(_ id: ClaimID, terms: ClaimTerms, in queue: QueueRef, now: Timestamp) throws -> Bool {
        try checked(queue)
        let end = now.adding(seconds: terms.ttl)
        let renewed = try sql.renewClaim.bind(1, queue.life.value).bind(2, high: id.high, low: id.low)
            .bind(3, terms.ttl).bind(4, now.milliseconds).bind(5, end.milliseconds).first { _ in true }
        guard renewed == true else { return false }
        let messages = try held(by: id, in: queue, now: now)
        for var message in messages {
            let before = message.expires
            message.claimedUntil = end
            (message.ttl, message.expires) = terms.extended(
                ttl: message.ttl, expires: before, claimEnd: end)
            try store(message, in: queue, extended: message.expires != before)
        }
        try mark(messages.map(\.sequence.value), [id], in: queue.life.value)
        return true
    }

    func release(_ id: ClaimID, in queue: QueueRef, now: Timestamp) throws {
        let header = try checked(queue)
        guard try isLive(id, in: queue, now: now) else { return }
        if header.capture != nil { try mark(moves.sequences(of: id, in: queue.life), [id], in: queue.life.value) }
        try sql.unhold.bind(1, queue.life.value).bind(2, high: id.high, low: id.low).run()
        let freed = connection.changes
        try sql.deleteClaim.bind(1, queue.life.value).bind(2, high: id.high, low: id.low).run()
        try count(messages: 0, claimed: -freed, in: queue.life.value)
    }
}

extension Message {
    /// As the claim holds it that takes it.
    fileprivate func held(under request: ClaimRequest, now: Timestamp) -> Message {
        var held = self
        held.claim = request.id
        held.claimedUntil = now.adding(seconds: request.terms.ttl)
        held.claimCount += 1
        (held.ttl, held.expires) = request.terms.extended(ttl: ttl, expires: expires, claimEnd: held.claimedUntil)
        return held
    }

    /// As it waits to be moved to its dead letter queue.
    fileprivate func held(under rule: DeadLetterRule, now: Timestamp) -> Message {
        var held = self
        held.claim = rule.hold
        held.claimedUntil = now.adding(seconds: Limits.deadLetterHoldSeconds)
        return held
    }
}
