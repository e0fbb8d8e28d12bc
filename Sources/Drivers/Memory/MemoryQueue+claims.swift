import WeirDomain

extension MemoryQueue {
    func isLive(_ claim: ClaimID, at now: Timestamp) -> Bool {
        claims[claim].map { $0.until > now } ?? false
    }

    mutating func claim(_ request: ClaimRequest, now: Timestamp) -> ClaimOutcome {
        var outcome = ClaimOutcome(delivered: [], dead: [])
        let claim = MemoryClaim(ttl: request.terms.ttl, from: now)
        let hold = MemoryClaim(ttl: Limits.deadLetterHoldSeconds, from: now)
        for place in places(request.limit, where: { $0.isFree(at: now) }) {
            if let rule = request.deadLetter, messages[place].claimCount >= rule.maximumClaims {
                messages[place].claim = rule.hold
                messages[place].claimedUntil = hold.until
                set(hold, as: rule.hold)
                outcome.dead.append(messages[place])
            } else {
                messages[place].claim = request.id
                messages[place].claimCount += 1
                extend(place, under: request.terms, until: claim.until)
                set(claim, as: request.id)
                outcome.delivered.append(messages[place])
            }
            capture.mark(.message(messages[place].sequence))
        }
        return outcome
    }

    func claim(_ id: ClaimID, now: Timestamp) -> Claim? {
        guard let claim = claims[id], claim.until > now else { return nil }
        return Claim(
            id: id, ttl: claim.ttl, renewed: claim.renewed,
            messages: messages.filter { $0.claim == id && $0.isVisible(at: now) })
    }

    mutating func renew(_ id: ClaimID, terms: ClaimTerms, now: Timestamp) -> Bool {
        guard isLive(id, at: now) else { return false }
        let claim = MemoryClaim(ttl: terms.ttl, from: now)
        set(claim, as: id)
        // An expired message stays expired: renewing must not bring back what was gone already.
        for place in places(.max, where: { $0.claim == id && $0.isVisible(at: now) }) {
            extend(place, under: terms, until: claim.until)
            capture.mark(.message(messages[place].sequence))
        }
        return true
    }

    private mutating func set(_ claim: MemoryClaim, as id: ClaimID) {
        claims[id] = claim
        capture.mark(.claim(id))
    }

    /// A claim that has ended by itself stays on its messages, so there is nothing to release.
    mutating func release(_ id: ClaimID, now: Timestamp) {
        guard isLive(id, at: now) else { return }
        claims[id] = nil
        capture.mark(.claim(id))
        for place in places(.max, where: { $0.claim == id }) {
            messages[place].claim = nil
            messages[place].claimedUntil = Timestamp(milliseconds: 0)
            capture.mark(.message(messages[place].sequence))
        }
    }

    private mutating func extend(_ place: Int, under terms: ClaimTerms, until end: Timestamp) {
        let message = messages[place]
        let (ttl, expires) = terms.extended(ttl: message.ttl, expires: message.expires, claimEnd: end)
        messages[place].ttl = ttl
        messages[place].expires = expires
        messages[place].claimedUntil = end
    }
}
