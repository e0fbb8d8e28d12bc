internal import SQLiteEngine
internal import WeirDomain
internal import WeirStorage

extension PoolSession {
    // MARK: Posting

    func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) throws -> [MessageID] {
        guard messages.count < 2 || messages.contains(where: \.needsRow) else {
            return try postSealed(messages, from: client, to: queue, now: now)
        }
        let isFresh = try freshness(of: messages, in: queue, now: now)
        let first = try allocate(isFresh.count { $0 }, in: queue)
        var sequence = first
        var ids: [MessageID] = []
        ids.reserveCapacity(messages.count)
        for (message, isFresh) in zip(messages, isFresh) {
            if !isFresh, let kept = message.keptID {
                ids.append(kept)
                continue
            }
            ids.append(try insert(message, at: MessageSequence(sequence), from: client, to: queue, now: now))
            sequence += 1
        }
        try mark(first..<sequence, in: queue.life.value)
        return ids
    }

    func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) throws -> PostOutcome {
        try checked(queue)
        let known = try sql.liveClaim
            .bind(1, queue.life.value).bind(2, high: receipt.id.high, low: receipt.id.low).bind(3, now.milliseconds)
            .first { (ttl: $0.int(0), renewed: Timestamp(milliseconds: $0.integer(1))) }
        if let known { return receipt.outcome(ttl: known.ttl, renewed: known.renewed, messages) }
        let ids = try post(messages, from: client, to: queue, now: now)
        let claim = receipt.claim(first: ids.first?.sequence ?? .start)
        try sql.insertClaim
            .bind(1, queue.life.value).bind(2, high: claim.id.high, low: claim.id.low).bind(3, claim.ttl)
            .bind(4, claim.renewed.milliseconds).bind(5, claim.until.milliseconds).run()
        try mark(EmptyCollection(), [claim.id], in: queue.life.value)
        return .stored(ids)
    }

    /// Stores them in sealed parcels; what is left over for one alone is no parcel.
    private func postSealed(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) throws -> [MessageID] {
        let first = try allocate(messages.count, in: queue)
        var sequence = first
        var rest = messages[...]
        while let message = rest.first {
            let count = Parcel.count(of: rest)
            if count == 1 {
                _ = try insert(message, at: MessageSequence(sequence), from: client, to: queue, now: now)
            } else {
                try seal(rest.prefix(count), from: client, at: sequence, in: queue.life.value, now: now)
            }
            sequence += Int64(count)
            rest = rest.dropFirst(count)
        }
        try mark(first..<sequence, in: queue.life.value)
        return PostReceipt.ids(of: messages, first: MessageSequence(first))
    }

    /// For each message, whether it is new here: one that comes from another queue may have come before, or earlier
    /// in the same batch.
    private func freshness(
        of messages: [NewMessage], in queue: QueueRef, now: Timestamp
    ) throws(SQLiteFailure) -> [Bool] {
        var seen: Set<MessageID> = []
        var isFresh: [Bool] = []
        isFresh.reserveCapacity(messages.count)
        for message in messages {
            guard let kept = message.keptID else {
                isFresh.append(true)
                continue
            }
            let isFirst = seen.insert(kept).inserted
            isFresh.append(isFirst ? try find(kept, in: queue, now: now) == nil : false)
        }
        return isFresh
    }

    private func insert(
        _ message: NewMessage, at sequence: MessageSequence, from client: ClientID, to queue: QueueRef,
        now: Timestamp
    ) throws(SQLiteFailure) -> MessageID {
        let id = message.keptID ?? MessageID(sequence: sequence, nonce: message.nonce)
        let delayedUntil = message.delay > 0 ? now.adding(seconds: message.delay) : Timestamp(milliseconds: 0)
        try sql.insertBody.bind(1, message.body.bytes).run()
        try sql.insertMessage
            .bind(1, queue.life.value).bind(2, sequence.value).bind(3, high: id.high, low: id.low)
            .bind(4, message.keptID == nil ? nil : Int64(1)).bind(5, connection.lastInsertedRow)
            .bind(6, client.packed).bind(7, message.ttl).bind(8, now.milliseconds)
            .bind(9, now.adding(seconds: message.ttl).milliseconds).bind(10, delayedUntil.milliseconds)
            .bind(11, delayedUntil > now ? Schema.State.delayed : Schema.State.free).run()
        return id
    }

    // MARK: Reading

    func messages(_ ids: [MessageID], in queue: QueueRef, now: Timestamp) throws -> [Message] {
        try checked(queue)
        var found = FoundMessages()
        for id in ids {
            if let stored = try find(id, in: queue, now: now) { found.append(stored) }
        }
        return try complete(found)
    }

    func position(of id: MessageID, in queue: QueueRef, now: Timestamp) throws -> MessageSequence {
        try checked(queue)
        return try find(id, in: queue, now: now)?.message.sequence ?? id.sequence
    }

    // MARK: Deleting

    func delete(
        _ id: MessageID, holding claim: ClaimID?, in queue: QueueRef, now: Timestamp
    ) throws -> DeleteOutcome {
        try checked(queue)
        guard let stored = try find(id, in: queue, now: now) else { return .missing }
        let isClaimed = stored.isClaimed(at: now)
        if let claim {
            guard try isLive(claim, in: queue, now: now) else { return .claimNotLive }
            guard isClaimed else { return .notClaimed }
            guard stored.message.claim == claim else { return .claimedByAnother }
        } else if isClaimed {
            return .claimed
        }
        try delete([stored.place], from: queue.life.value)
        return .deleted
    }

    func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in queue: QueueRef, now: Timestamp
    ) throws -> BulkDeleteOutcome {
        try checked(queue)
        let live = try claims?.filter { try isLive($0, in: queue, now: now) }
        var places: [MessagePlace] = []
        for id in Set(ids) {
            guard let stored = try find(id, in: queue, now: now) else { continue }
            places.append(stored.place)
        }
        if let live, let refused = try firstUnheld(ids, by: live, in: queue, now: now) { return .refused(refused) }
        try delete(places, from: queue.life.value)
        return .deleted
    }

    private func firstUnheld(
        _ ids: [MessageID], by claims: [ClaimID], in queue: QueueRef, now: Timestamp
    ) throws(SQLiteFailure) -> MessageID? {
        for id in ids {
            guard let stored = try find(id, in: queue, now: now) else { continue }
            guard stored.isClaimed(at: now), let claim = stored.message.claim, claims.contains(claim) else {
                return id
            }
        }
        return nil
    }

    /// Removes messages because somebody wants it.
    private func delete(_ places: [MessagePlace], from life: Int64) throws(SQLiteFailure) {
        try mark(places.lazy.map(\.sequence), in: life)
        try remove(places, from: life)
    }

    func pop(_ limit: Int, from queue: QueueRef, now: Timestamp) throws -> [Message] {
        try checked(queue)
        let taken = try takeable(limit, in: queue, now: now)
        try delete(taken.map(\.place), from: queue.life.value)
        return taken.map(\.message)
    }

    func purge(through last: MessageSequence, limit: Int, in queue: QueueRef, now: Timestamp) throws -> Int {
        try checked(queue)
        var places: [MessagePlace] = []
        var stretches = stretches(of: queue.life.value, through: last.value)
        while places.count < limit, let stretch = try stretches.next() {
            switch stretch {
            case .rows(let after, let last):
                places += try sql.purgeable
                    .bind(1, queue.life.value).bind(2, after).bind(3, last).bind(4, now.milliseconds)
                    .bind(5, limit - places.count).rows { MessagePlace($0) }
            case .sealed(let messages):
                places += messages.prefix(limit - places.count).map(\.place)
            }
        }
        try delete(places, from: queue.life.value)
        return places.count
    }
}

extension NewMessage {
    /// Whether it cannot be part of a sealed parcel.
    fileprivate var needsRow: Bool { keptID != nil || delay > 0 }
}
