/// When a claim hands messages over for dead-lettering instead of delivering them.
package struct DeadLetterRule: Hashable, Sendable {
    /// A message that was claimed this often already is dead. With 0 all are: they are held, and do not count as claimed.
    package let maximumClaims: Int
    /// The claim that holds the dead ones for `Limits.deadLetterHoldSeconds` while their caller moves them: if
    /// it never does, they come back and the next claim tries again.
    package let hold: ClaimID

    package init(maximumClaims: Int, hold: ClaimID) {
        self.maximumClaims = maximumClaims
        self.hold = hold
    }
}

/// What a claim asks of a pool.
package struct ClaimRequest: Sendable {
    package var id: ClaimID
    package var terms: ClaimTerms
    /// How many messages at the most, dead ones included.
    package var limit: Int
    package var deadLetter: DeadLetterRule?

    package init(id: ClaimID, terms: ClaimTerms, limit: Int, deadLetter: DeadLetterRule? = nil) {
        self.id = id
        self.terms = terms
        self.limit = limit
        self.deadLetter = deadLetter
    }
}

/// What a pool answers to a claim: both lists in sequence order, disjoint, and taken in one atomic step.
package struct ClaimOutcome: Sendable {
    /// Held by the claim. If empty, the claim does not exist.
    package var delivered: [Message]
    /// Held by the rule's `hold`; the caller moves them to the dead letter queue.
    package var dead: [Message]

    package init(delivered: [Message], dead: [Message]) {
        self.delivered = delivered
        self.dead = dead
    }
}
