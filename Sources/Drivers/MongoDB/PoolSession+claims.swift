internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

extension PoolSession {
    /// Blocks that a claim reads at once.
    private static let page = 8
    /// Pages in a row without any message for it that it reads at the most.
    private static let barrenPages = 16

    /// The first messages that a claim may take. A clock that is behind another caller's does not bring back what
    /// that one has seen end.
    /// - Returns: Nil if there is more to be done before that can be said than one batch may do.
    func takeable(_ limit: Int, in queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> [Place]? {
        guard limit > 0 else { return [] }
        guard try settle(queue, now: now) else { return nil }
        var (found, barren) = (0, 0)
        while true {
            let places = free(limit, in: queue, now: now)
            guard places.count < limit, queue.freeThrough < .max else { return places }
            barren = places.count > found ? 0 : barren + 1
            found = places.count
            guard barren <= Self.barrenPages else { return places.isEmpty ? nil : places }
            try readFree(queue, now: now)
        }
    }

    private func free(_ limit: Int, in queue: LoadedQueue, now: Timestamp) -> [Place] {
        var places: [Place] = []
        queue.forEachFreeBlock(through: queue.freeThrough) { block in
            for (index, record) in block.records.enumerated()
            where record.state == .free && record.expires > now.milliseconds {
                places.append(Place(block: block, index: index))
                if places.count == limit { return false }
            }
            return true
        }
        return places
    }

    /// Reads the next blocks that have free messages. Of these what has expired is removed, and in nobody's way any more.
    private func readFree(_ queue: LoadedQueue, now: Timestamp) throws(MongoFailure) {
        let page = try queries.blocks(
            of: queue.life, after: queue.freeThrough, limit: Self.page, fields: .everything, hint: Schema.Index.free
        ) { filter in
            filter.bool("f", true)
        }
        for stored in page.blocks where !queue.removed.contains(stored.last) {
            let block = queue.remember(stored)
            for (index, record) in block.records.enumerated()
            where record.state == .free && record.expires <= now.milliseconds {
                queue.remove(index, of: block)
            }
        }
        queue.freeThrough = page.isLast ? .max : page.blocks.last?.last ?? .max
    }

    /// Nil if it has to be asked for again, as `takeable` says.
    func claim(_ request: ClaimRequest, in ref: QueueRef, now: Timestamp) throws -> ClaimOutcome? {
        let queue = try checked(ref)
        var outcome = ClaimOutcome(delivered: [], dead: [])
        let now = queue.header?.settled(at: now) ?? now
        guard let places = try takeable(request.limit, in: queue, now: now) else { return nil }
        try loadBodies(of: places.map(\.block), in: queue)
        for place in places {
            if let rule = request.deadLetter, place.record.claimCount >= rule.maximumClaims {
                let end = now.adding(seconds: Limits.deadLetterHoldSeconds)
                hold(place, by: rule.hold, until: end, in: queue)
                outcome.dead.append(place.block.message(place.index))
            } else {
                let end = now.adding(seconds: request.terms.ttl)
                hold(place, by: request.id, until: end, in: queue)
                place.block.records[place.index].claimCount += 1
                place.block.records[place.index].extend(under: request.terms, until: end)
                outcome.delivered.append(place.block.message(place.index))
            }
        }
        try remember(request, outcome, places, in: queue, now: now)
        return outcome
    }

    private func hold(_ place: Place, by claim: ClaimID, until end: Timestamp, in queue: LoadedQueue) {
        place.block.records[place.index].state = .claimed
        place.block.records[place.index].claim = claim
        place.block.records[place.index].claimedUntil = end.milliseconds
        queue.touch(place.block)
        queue.mark(.message(place.record.sequence))
        queue.wake(at: end.milliseconds)
        queue.count(claimed: 1)
    }

    private func remember(
        _ request: ClaimRequest, _ outcome: ClaimOutcome, _ places: [Place], in queue: LoadedQueue, now: Timestamp
    ) throws(MongoFailure) {
        if !outcome.delivered.isEmpty {
            store(request.id, ClaimRecord(ttl: request.terms.ttl, from: now), of: places, in: queue)
        }
        if let rule = request.deadLetter, !outcome.dead.isEmpty {
            var record = ClaimRecord(ttl: Limits.deadLetterHoldSeconds, from: now)
            // The same hold may take more than once.
            record.blocks = try claim(rule.hold, in: queue)?.blocks ?? []
            store(rule.hold, record, of: places, in: queue)
        }
    }

    private func store(_ id: ClaimID, _ record: ClaimRecord, of places: [Place], in queue: LoadedQueue) {
        var record = record
        for place in places where place.record.claim == id && !record.blocks.contains(place.block.last) {
            record.blocks.append(place.block.last)
        }
        queue.change(id, to: record)
    }

    // MARK: Claims that exist

    func claim(_ id: ClaimID, in queue: LoadedQueue) throws(MongoFailure) -> ClaimRecord? {
        if let known = queue.claims[id] { return known }
        let found = try queries.claim(id, of: queue.life)
        queue.claims[id] = .some(found)
        return found
    }

    func isLive(_ id: ClaimID, in queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> Bool {
        try claim(id, in: queue)?.isLive(at: now) ?? false
    }

    private func held(by id: ClaimID, _ claim: ClaimRecord, in queue: LoadedQueue) throws(MongoFailure) -> [Place] {
        var places: [Place] = []
        let unknown = claim.blocks.filter { queue.blocks[$0] == nil && !queue.removed.contains($0) }
        if !unknown.isEmpty {
            for block in try queries.blocks(of: queue.life, ending: unknown, fields: .records) {
                _ = queue.remember(block)
            }
        }
        for block in claim.blocks.compactMap({ queue.blocks[$0] }) {
            for (index, record) in block.records.enumerated() where record.claim == id && record.state == .claimed {
                places.append(Place(block: block, index: index))
            }
        }
        return places
    }

    func renew(_ id: ClaimID, terms: ClaimTerms, in ref: QueueRef, now: Timestamp) throws -> Bool {
        let queue = try checked(ref)
        guard var claim = try claim(id, in: queue), claim.isLive(at: now) else { return false }
        let end = now.adding(seconds: terms.ttl)
        for place in try held(by: id, claim, in: queue) where place.record.isVisible(at: now) {
            place.block.records[place.index].extend(under: terms, until: end)
            queue.touch(place.block)
            queue.mark(.message(place.record.sequence))
        }
        let blocks = claim.blocks
        claim = ClaimRecord(ttl: terms.ttl, from: now)
        claim.blocks = blocks
        queue.change(id, to: claim)
        queue.wake(at: end.milliseconds)
        return true
    }

    func release(_ id: ClaimID, in ref: QueueRef, now: Timestamp) throws {
        let queue = try checked(ref)
        guard let claim = try claim(id, in: queue), claim.isLive(at: now) else { return }
        for place in try held(by: id, claim, in: queue) { queue.free(place) }
        queue.change(id, to: nil)
    }
}

extension MessageRecord {
    /// Holds it until `end`, and keeps it alive for that long.
    fileprivate mutating func extend(under terms: ClaimTerms, until end: Timestamp) {
        let (longer, later) = terms.extended(
            ttl: ttl, expires: Timestamp(milliseconds: expires), claimEnd: end)
        ttl = longer
        expires = later.milliseconds
        claimedUntil = end.milliseconds
    }
}

extension LoadedQueue {
    /// Ends the hold on a claimed message.
    func free(_ place: Place) {
        place.block.records[place.index].state = .free
        place.block.records[place.index].claim = nil
        place.block.records[place.index].claimedUntil = 0
        touch(place.block)
        mark(.message(place.record.sequence))
        count(claimed: -1)
    }

    /// Stores the claim anew, or ends it.
    func change(_ id: ClaimID, to record: ClaimRecord?) {
        mark(.claim(id))
        claims[id] = .some(record)
        isChanged = true
        if record == nil {
            changedClaims.remove(id)
            removedClaims.insert(id)
        } else {
            changedClaims.insert(id)
            removedClaims.remove(id)
        }
    }
}
