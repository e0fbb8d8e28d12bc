internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// The claim and what is left of its messages.
    package func showClaim(_ id: String, in key: QueueKey) async throws(OperationError) -> Claim {
        let now = clock.now()
        if let claim = ClaimID(id) {
            let found = try await operation(
                try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                    try await driver.claim(claim, in: route.ref, now: now)
                })
            if let found, let found {
                let (opened, _, fault) = readable(found.messages, of: key)
                if opened.isEmpty, let fault { throw fault }
                return Claim(id: found.id, ttl: found.ttl, renewed: found.renewed, messages: opened)
            }
        }
        throw Self.missing(id)
    }

    /// Starts the claim's time anew. The grace is not bounded here, as existing clients expect (API section 5.3),
    /// except that it cannot be negative or beyond what a time can hold.
    package func renewClaim(
        _ id: String, ttl: Int?, grace: Int?, in key: QueueKey
    ) async throws(OperationError) {
        let terms = ClaimTerms(ttl: ttl ?? limits.defaultClaimTTL, grace: grace ?? limits.defaultClaimGrace)
        try checkClaimTTL(terms.ttl)
        guard (0...Limits.renewalGraceSeconds).contains(terms.grace) else {
            throw .invalidRequest(
                "grace: \(terms.grace) is out of range; it may be 0 to \(Limits.renewalGraceSeconds) seconds.")
        }
        let now = clock.now()
        if let claim = ClaimID(id) {
            let renewed = try await operation(
                try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                    try await driver.renew(claim, terms: terms, in: route.ref, now: now)
                })
            if renewed == true { return }
        }
        throw Self.missing(id)
    }

    /// Ends the claim. Releasing a claim that does not exist changes nothing.
    package func releaseClaim(_ id: String, in key: QueueKey) async throws(OperationError) {
        guard let claim = ClaimID(id) else { return }
        let now = clock.now()
        _ = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                try await driver.release(claim, in: route.ref, now: now)
            })
        signals.signal(key)
    }

    private static func missing(_ id: String) -> OperationError {
        .notFound("Claim '\(id)' does not exist or has expired.")
    }
}
