internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Claims the first messages that are free. Nil if there are none, or no such queue.
    package func claimMessages(
        in key: QueueKey, ttl: Int?, grace: Int?, limit: Int?
    ) async throws(OperationError) -> Claim? {
        let terms = try claimTerms(ttl: ttl, grace: grace)
        return try await pastClosed(in: key, limit: try claimLimit(limit)) { limit throws(OperationError) in
            try await claim(in: key, terms, limit)
        }
    }

    private func claim(in key: QueueKey, _ terms: ClaimTerms, _ limit: Int) async throws(OperationError) -> Claim? {
        // Dead messages are moved away, which brings others to the front: look again, but not for ever.
        for _ in 0..<Limits.deadLetterRounds {
            let now = clock.now()
            guard let round = try await claimOnce(in: key, terms, limit, now) else { return nil }
            await bury(round.outcome.dead, from: key, round)
            if !round.outcome.delivered.isEmpty {
                let (opened, _, fault) = readable(round.outcome.delivered, of: key)
                if opened.isEmpty, let fault {
                    try await releaseClaim(round.id.text, in: key)
                    throw fault
                }
                return Claim(id: round.id, ttl: terms.ttl, renewed: now, messages: opened)
            }
            if round.outcome.dead.isEmpty { return nil }
        }
        return nil
    }

    /// How many messages a claim takes at the most.
    func checkClaim(ttl: Int?, grace: Int?, limit: Int?) throws(OperationError) -> Int {
        _ = try claimTerms(ttl: ttl, grace: grace)
        return try claimLimit(limit)
    }

    private func claimOnce(
        in key: QueueKey, _ terms: ClaimTerms, _ limit: Int, _ now: Timestamp
    ) async throws(OperationError) -> ClaimRound? {
        var generator = Entropy()
        let id = ClaimID.mint(using: &generator)
        let hold = ClaimID.mint(using: &generator)
        let round = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) -> ClaimRound? in
                // Claims that nobody can read would count, until the messages were taken for dead.
                if route.settings.encryptsMessages, !cipher.hasKeys { return nil }
                let dead = route.settings.deadLettering(of: key.name)
                let request = ClaimRequest(
                    id: id, terms: terms, limit: limit,
                    deadLetter: dead.map { DeadLetterRule(maximumClaims: $0.maximumClaims, hold: hold) })
                let outcome = try await driver.claim(request, in: route.ref, now: now)
                return ClaimRound(
                    id: id, hold: hold, target: dead?.target, ttl: route.settings.deadLetterTTL, outcome: outcome)
            })
        guard let round else { return nil }
        guard let round else { throw .noEncryptionKey }
        return round
    }

    private func claimTerms(ttl: Int?, grace: Int?) throws(OperationError) -> ClaimTerms {
        let ttl = ttl ?? limits.defaultClaimTTL
        let grace = grace ?? limits.defaultClaimGrace
        try checkClaimTTL(ttl)
        guard (ServiceLimits.minimumGrace...limits.maximumClaimGrace).contains(grace) else {
            throw .invalidRequest(
                "grace: \(grace) is out of range; it may be \(ServiceLimits.minimumGrace) to "
                    + "\(limits.maximumClaimGrace) seconds.")
        }
        return ClaimTerms(ttl: ttl, grace: grace)
    }

    func checkClaimTTL(_ ttl: Int) throws(OperationError) {
        guard (ServiceLimits.minimumTTL...limits.maximumClaimTTL).contains(ttl) else {
            throw .invalidRequest(
                "ttl: \(ttl) is out of range; it may be \(ServiceLimits.minimumTTL) to "
                    + "\(limits.maximumClaimTTL) seconds.")
        }
    }

    private func claimLimit(_ limit: Int?) throws(OperationError) -> Int {
        guard let limit else { return min(Limits.defaultPageSize, limits.messagesPerClaimOrPop) }
        guard (1...limits.messagesPerClaimOrPop).contains(limit) else {
            throw .invalidRequest("limit: \(limit) is out of range; it may be 1 to \(limits.messagesPerClaimOrPop).")
        }
        return limit
    }
}

/// One look of a claim at the pool, and what the queue says about its dead.
struct ClaimRound: Sendable {
    let id: ClaimID
    let hold: ClaimID
    let target: QueueName?
    /// Seconds.
    let ttl: Int?
    let outcome: ClaimOutcome
}
