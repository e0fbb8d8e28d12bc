/// The opaque id of a claim, a UUID minted by the node. Whoever knows it may renew or release the claim.
package struct ClaimID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil unless `text` is a claim id as `text` writes it, in any case. The id of a receipt is none.
    package init?(_ text: String) {
        guard text.utf8.count == 36, let bits = Identifier128.bits(text) else { return nil }
        self.init(high: bits.high, low: bits.low)
        if isReceipt { return nil }
    }

    /// A fresh id: 128 random bits, so that ids of nodes that share nothing differ and none can be guessed.
    package static func mint(using generator: inout some RandomNumberGenerator) -> ClaimID {
        let id = ClaimID(high: generator.next(), low: generator.next())
        return id.isReceipt ? mint(using: &generator) : id
    }

    /// The 36 characters of a UUID, in lower case: safe in a path.
    package var text: String { Identifier128.text(high: high, low: low) }

    /// Appends the characters of `text`.
    package func append(to bytes: inout [UInt8]) {
        Identifier128.append(high: high, low: low, to: &bytes)
    }
}

/// How long a claim holds its messages, and how much longer they live after it.
package struct ClaimTerms: Hashable, Sendable {
    /// Seconds.
    package var ttl: Int
    /// Seconds that a message outlives the claim at the least.
    package var grace: Int

    package init(ttl: Int, grace: Int) {
        self.ttl = ttl
        self.grace = grace
    }

    /// The ttl and expiry of a message under a claim of these terms that ends at `end`: raised when the message
    /// would end before the claim does, otherwise left as they are (API section 5.1).
    package func extended(ttl: Int, expires: Timestamp, claimEnd end: Timestamp) -> (ttl: Int, expires: Timestamp) {
        guard expires < end else { return (ttl, expires) }
        return (self.ttl.saturatingAdding(grace), end.adding(seconds: grace))
    }
}

/// A temporary, renewable hold of some messages by one client.
package struct Claim: Hashable, Sendable {
    package let id: ClaimID
    /// Seconds.
    package let ttl: Int
    /// When it was created or last renewed: its age counts from here.
    package let renewed: Timestamp
    package let messages: [Message]

    package init(id: ClaimID, ttl: Int, renewed: Timestamp, messages: [Message]) {
        self.id = id
        self.ttl = ttl
        self.renewed = renewed
        self.messages = messages
    }
}

extension Int {
    fileprivate func saturatingAdding(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
