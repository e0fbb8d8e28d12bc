internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

extension PoolSession {
    // MARK: Posting

    func post(
        _ messages: [NewMessage], from client: ClientID, to ref: QueueRef, now: Timestamp
    ) throws -> [MessageID] {
        let queue = try checked(ref)
        var seen: Set<MessageID> = []
        var ids: [MessageID] = []
        ids.reserveCapacity(messages.count)
        for message in messages {
            if let kept = message.keptID {
                // It may have come before, or earlier in the same batch.
                let isFirst = seen.insert(kept).inserted
                let isKnown = try !isFirst || find(kept, in: queue, now: now) != nil
                if isKnown {
                    ids.append(kept)
                    continue
                }
            }
            ids.append(append(message, from: client, to: queue, now: now))
        }
        return ids
    }

    func post(
        _ messages: [NewMessage], from client: ClientID, to ref: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) throws -> PostOutcome {
        let queue = try checked(ref)
        if let known = try claim(receipt.id, in: queue), known.isLive(at: now) {
            return receipt.outcome(ttl: known.ttl, renewed: Timestamp(milliseconds: known.renewed), messages)
        }
        let ids = try post(messages, from: client, to: ref, now: now)
        let claim = receipt.claim(first: ids.first?.sequence ?? .start)
        queue.change(claim.id, to: ClaimRecord(claim, blocks: []))
        return .stored(ids)
    }

    private func append(
        _ message: NewMessage, from client: ClientID, to queue: LoadedQueue, now: Timestamp
    ) -> MessageID {
        let sequence = queue.header?.nextSequence ?? 1
        let id = message.keptID ?? MessageID(sequence: MessageSequence(sequence), nonce: message.nonce)
        let block = queue.openBlock(for: message, at: sequence)
        queue.forget(block)
        block.append(message, id: id, from: client, now: now)
        _ = queue.remember(block)
        queue.header?.nextSequence += 1
        if message.keptID != nil { queue.header?.hasKept = true }
        if message.delay > 0 { queue.wake(at: now.adding(seconds: message.delay).milliseconds) }
        queue.mark(.message(sequence))
        queue.count(messages: 1)
        return id
    }

    // MARK: Deleting

    func delete(
        _ id: MessageID, holding claim: ClaimID?, in ref: QueueRef, now: Timestamp
    ) throws -> DeleteOutcome {
        let queue = try checked(ref)
        guard let place = try find(id, in: queue, now: now) else { return .missing }
        let isClaimed = place.record.isClaimed(at: now)
        if let claim {
            // A live claim that the message bears is one that exists: both end at the same time.
            if !isClaimed || place.record.claim != claim {
                guard try isLive(claim, in: queue, now: now) else { return .claimNotLive }
                return isClaimed ? .claimedByAnother : .notClaimed
            }
        } else if isClaimed {
            return .claimed
        }
        queue.delete(place)
        return .deleted
    }

    func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in ref: QueueRef, now: Timestamp
    ) throws -> BulkDeleteOutcome {
        let queue = try checked(ref)
        var doomed: [Place] = []
        var seen: Set<MessageID> = []
        for id in ids where seen.insert(id).inserted {
            guard let place = try find(id, in: queue, now: now) else { continue }
            doomed.append(place)
            guard let claims else { continue }
            guard place.record.isClaimed(at: now), let claim = place.record.claim, claims.contains(claim) else {
                return .refused(id)
            }
        }
        for place in doomed { queue.delete(place) }
        return .deleted
    }

    /// Nil if it has to be asked for again, as `takeable` says.
    func pop(_ limit: Int, from ref: QueueRef, now: Timestamp) throws -> [Message]? {
        let queue = try checked(ref)
        guard let places = try takeable(limit, in: queue, now: now) else { return nil }
        try loadBodies(of: places.map(\.block), in: queue)
        let messages = places.map { $0.block.message($0.index) }
        for place in places { queue.delete(place) }
        return messages
    }

    func purge(through last: MessageSequence, limit: Int, in ref: QueueRef, now: Timestamp) throws -> Int {
        let queue = try checked(ref)
        try store([queue].filter(\.isChanged))
        var places: [Place] = []
        var after = Int64(0)
        while places.count < limit, after < last.value {
            let page = try queries.blocks(of: queue.life, after: after, limit: 64, fields: .records)
            for stored in page.blocks {
                let block = queue.remember(stored)
                let indices = block.records.indices.filter { index in
                    let record = block.records[index]
                    return record.state != .gone && record.sequence <= last.value && !record.isClaimed(at: now)
                }
                places += indices.prefix(limit - places.count).map { Place(block: block, index: $0) }
                after = block.last
            }
            if page.isLast { break }
        }
        for place in places { queue.delete(place) }
        return places.count
    }
}

extension LoadedQueue {
    /// The block that this message goes into: the last one of this batch, or a new one.
    fileprivate func openBlock(for message: NewMessage, at sequence: Int64) -> Block {
        if let block = block(with: sequence - 1), block.hasRoom(for: message.body.bytes.count), !block.isChanged {
            return block
        }
        return Block(life: life, first: sequence)
    }
}
