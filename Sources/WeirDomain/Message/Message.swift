/// The JSON text of a message body, byte for byte as the client sent it and checked to be one JSON value.
package struct MessageBody: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}

/// Who posted a message: the canonical form of its `Client-ID`. Used only to hide a client's own messages.
package struct ClientID: Hashable, Sendable {
    package let value: String

    package init(_ value: String) {
        self.value = value
    }
}

/// A message that a pool has not accepted yet.
package struct NewMessage: Sendable {
    /// Minted by the node: becomes part of the message's id.
    package var nonce: UInt64
    package var body: MessageBody
    /// Seconds.
    package var ttl: Int
    /// Seconds.
    package var delay: Int
    /// The id to keep, when the message comes from another queue (dead letters). A pool that holds a message
    /// with this id already stores nothing new.
    package var keptID: MessageID?

    package init(nonce: UInt64, body: MessageBody, ttl: Int, delay: Int, keptID: MessageID? = nil) {
        self.nonce = nonce
        self.body = body
        self.ttl = ttl
        self.delay = delay
        self.keptID = keptID
    }
}

/// A message as a pool holds it.
package struct Message: Hashable, Sendable {
    package var id: MessageID
    package var sequence: MessageSequence
    package var body: MessageBody
    /// Total life in seconds, counted from `created`; a claim may raise it.
    package var ttl: Int
    package var created: Timestamp
    package var expires: Timestamp
    /// Not claimable, and not listed unless asked for, before this point: 1970 without a delay, so that a caller
    /// whose clock is behind sees the message too.
    package var delayedUntil: Timestamp
    package var client: ClientID
    /// The live claim, or the last one if it ended by itself: cleared by a release.
    package var claim: ClaimID?
    /// Until when `claim` holds the message.
    package var claimedUntil: Timestamp
    /// How often the message has been claimed.
    package var claimCount: Int

    package init(
        id: MessageID, sequence: MessageSequence, body: MessageBody, ttl: Int, created: Timestamp,
        expires: Timestamp, delayedUntil: Timestamp, client: ClientID, claim: ClaimID?,
        claimedUntil: Timestamp, claimCount: Int
    ) {
        self.id = id
        self.sequence = sequence
        self.body = body
        self.ttl = ttl
        self.created = created
        self.expires = expires
        self.delayedUntil = delayedUntil
        self.client = client
        self.claim = claim
        self.claimedUntil = claimedUntil
        self.claimCount = claimCount
    }
}
