internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    package func claim(
        _ request: ClaimRequest, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> ClaimOutcome {
        let life = QueueKeys(queue.life).life
        let end = now.adding(seconds: request.terms.ttl)
        let holdEnd = now.adding(seconds: Limits.deadLetterHoldSeconds)
        let arguments = request.deadLetter == nil ? 7 : 11
        let (_, _, taken) = try await runSettledReading(
            .claim, on: queue, limit: request.limit, now: now, arguments: arguments, changes: true
        ) { buffer in
            buffer.add(life)
            buffer.add(now.milliseconds)
            buffer.add(Int64(request.limit))
            buffer.add(end.milliseconds)
            buffer.add(request.id.stored)
            buffer.add(StoredClaim.value(ttl: request.terms.ttl, now, end))
            buffer.add(StoredClaim.extension(request.terms, end))
            guard let rule = request.deadLetter else { return }
            buffer.add(Int64(rule.maximumClaims))
            buffer.add(holdEnd.milliseconds)
            buffer.add(rule.hold.stored)
            buffer.add(StoredClaim.value(ttl: Limits.deadLetterHoldSeconds, now, holdEnd))
        }
        guard let rule = request.deadLetter else { return ClaimOutcome(delivered: taken, dead: []) }
        return ClaimOutcome(
            delivered: taken.filter { $0.claim != rule.hold }, dead: taken.filter { $0.claim == rule.hold })
    }

    package func claim(
        _ id: ClaimID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Claim? {
        let reply = try await run(.showClaim, on: queue, arguments: 2, changes: false) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(id.stored)
        }
        let parts = try Answer.elements(reply)
        guard case .bytes(let value)? = parts.first else { return nil }
        guard let terms = StoredClaim(value) else { throw Answer.strange }
        let messages = try Answer.messages(parts.dropFirst())
        return Claim(
            id: id, ttl: terms.ttl, renewed: terms.renewed,
            messages: messages.filter { $0.claim == id && $0.expires > now })
    }

    package func renew(
        _ id: ClaimID, terms: ClaimTerms, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Bool {
        let life = QueueKeys(queue.life).life
        let end = now.adding(seconds: terms.ttl)
        let reply = try await run(.renew, on: queue, arguments: 6) { buffer in
            buffer.add(life)
            buffer.add(now.milliseconds)
            buffer.add(end.milliseconds)
            buffer.add(id.stored)
            buffer.add(StoredClaim.value(ttl: terms.ttl, now, end))
            buffer.add(StoredClaim.extension(terms, end))
        }
        return reply == .integer(1)
    }

    package func release(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError) {
        _ = try await run(.release, on: queue, arguments: 2) { buffer in
            buffer.add(now.milliseconds)
            buffer.add(id.stored)
        }
    }
}
