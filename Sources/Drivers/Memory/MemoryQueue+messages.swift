import WeirDomain

extension MemoryQueue {
    mutating func post(_ new: [NewMessage], from client: ClientID, now: Timestamp) -> [MessageID] {
        new.map { store($0, from: client, now: now) }
    }

    mutating func post(
        _ new: [NewMessage], from client: ClientID, under receipt: PostReceipt, now: Timestamp
    ) -> PostOutcome {
        if let known = claims[receipt.id], known.until > now {
            return receipt.outcome(ttl: known.ttl, renewed: known.renewed, new)
        }
        let ids = post(new, from: client, now: now)
        let claim = receipt.claim(first: MessageSequence(last.value - Int64(new.count) + 1))
        claims[claim.id] = MemoryClaim(ttl: claim.ttl, renewed: claim.renewed, until: claim.until)
        if capture.planted != .receiptsNotMarked { capture.mark(.claim(claim.id)) }
        return .stored(ids)
    }

    private mutating func store(_ new: NewMessage, from client: ClientID, now: Timestamp) -> MessageID {
        if let id = new.keptID, place(of: id, at: now) != nil { return id }
        last = MessageSequence(last.value + 1)
        let id = new.keptID ?? MessageID(sequence: last, nonce: new.nonce)
        if new.keptID != nil { kept[id] = last }
        capture.mark(.message(last))
        messages.append(
            Message(
                id: id, sequence: last, body: new.body, ttl: new.ttl, created: now,
                expires: now.adding(seconds: new.ttl), delayedUntil: new.delay > 0 ? now.adding(seconds: new.delay) : Timestamp(milliseconds: 0),
                client: client, claim: nil, claimedUntil: Timestamp(milliseconds: 0), claimCount: 0))
        return id
    }

    func list(_ filter: MessageFilter, now: Timestamp) -> [Message] {
        let shown = messages.lazy.filter { message in
            message.sequence > filter.after && message.isVisible(at: now)
                && (filter.includeClaimed || !message.isClaimed(at: now))
                && (filter.includeDelayed || !message.isDelayed(at: now))
                && (filter.hiding == nil || message.client != filter.hiding)
        }
        return Array(shown.prefix(max(0, filter.limit)))
    }

    func messages(_ ids: [MessageID], now: Timestamp) -> [Message] {
        ids.compactMap { place(of: $0, at: now) }.map { messages[$0] }
    }

    func position(of id: MessageID, now: Timestamp) -> MessageSequence {
        place(of: id, at: now).map { messages[$0].sequence } ?? id.sequence
    }

    mutating func pop(_ limit: Int, now: Timestamp) -> [Message] {
        let places = places(limit) { $0.isFree(at: now) }
        let popped = places.map { messages[$0] }
        delete(places)
        return popped
    }

    mutating func purge(through last: MessageSequence, limit: Int, now: Timestamp) -> Int {
        let places = places(limit) { $0.sequence <= last && !$0.isClaimed(at: now) }
        delete(places)
        return places.count
    }

    func stats(now: Timestamp) -> QueueStats {
        let visible = messages.filter { $0.isVisible(at: now) }
        let claimed = visible.count { $0.isClaimed(at: now) }
        return QueueStats(
            claimed: claimed, free: visible.count - claimed,
            oldest: visible.first.map { QueueStats.End(id: $0.id, created: $0.created) },
            newest: visible.last.map { QueueStats.End(id: $0.id, created: $0.created) })
    }
}
