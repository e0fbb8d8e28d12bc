/// Some of what a queue consists of, as it goes from one pool to another: what is there, and what is there no more.
package struct QueuePart: Hashable, Sendable {
    /// In sequence order. Everything about a message goes along: it is the same afterwards.
    package var messages: [Message]
    /// Sequences of messages that are gone: deleted or expired.
    package var goneMessages: [MessageSequence]
    package var claims: [MovedClaim]
    /// Claims that are gone: released or ended.
    package var goneClaims: [ClaimID]

    package init(
        messages: [Message] = [], goneMessages: [MessageSequence] = [], claims: [MovedClaim] = [],
        goneClaims: [ClaimID] = []
    ) {
        self.messages = messages
        self.goneMessages = goneMessages
        self.claims = claims
        self.goneClaims = goneClaims
    }

    /// Whether there is nothing in it.
    package var isEmpty: Bool { count == 0 }

    /// Messages and claims, those that are gone included.
    package var count: Int { messages.count + goneMessages.count + claims.count + goneClaims.count }
}

/// A live claim as it goes from one pool to another.
package struct MovedClaim: Hashable, Sendable {
    package let id: ClaimID
    /// Seconds.
    package let ttl: Int
    /// When it was created or last renewed.
    package let renewed: Timestamp
    /// The first instant at which it no longer holds.
    package let until: Timestamp
    /// Messages that it took, in order; some may be gone since.
    package let messages: [MessageSequence]

    package init(id: ClaimID, ttl: Int, renewed: Timestamp, until: Timestamp, messages: [MessageSequence]) {
        self.id = id
        self.ttl = ttl
        self.renewed = renewed
        self.until = until
        self.messages = messages
    }
}

/// What two copies of a queue must agree on before one takes the place of the other.
package struct QueueCensus: Hashable, Sendable {
    /// The highest sequence given out.
    package var last: MessageSequence
    package var stats: QueueStats

    package init(last: MessageSequence, stats: QueueStats) {
        self.last = last
        self.stats = stats
    }
}
