/// What a pool keeps, for a time, of a post that its client may send again because it never saw the answer: so that
/// the repeat is told what became of the first, and stores nothing.
///
/// It is stored in the step that stores the messages, or it would be of no use when a node dies in between. And it has
/// to go wherever the queue goes. A claim that holds no message is all of that already: found by its id, gone when its
/// time is over, marked when it changes, moved with its queue. So pools keep a receipt as such a claim, whose `ttl` is
/// the fingerprint and whose `renewed` is the first sequence. `ClaimID` keeps clients from naming it as a claim.
package struct PostReceipt: Hashable, Sendable {
    /// Made of the key that the client gave.
    package let id: ClaimID
    /// Of what was posted; above 0.
    package let fingerprint: Int
    /// The first instant at which the pool need not know it any more.
    package let until: Timestamp

    package init(id: ClaimID, fingerprint: Int, until: Timestamp) {
        self.id = id
        self.fingerprint = fingerprint
        self.until = until
    }

    /// As a pool keeps it.
    ///
    /// - Parameter first: The sequence of the first message; the others follow it without a gap.
    package func claim(first: MessageSequence) -> MovedClaim {
        MovedClaim(
            id: id, ttl: fingerprint, renewed: Timestamp(milliseconds: first.value), until: until, messages: [])
    }

    /// What a pool answers that holds a receipt with this id.
    ///
    /// - Parameter messages: Those that are posted now. If they are what was posted then, their nonces are too.
    package func outcome(ttl: Int, renewed: Timestamp, _ messages: [NewMessage]) -> PostOutcome {
        guard ttl == fingerprint else { return .differs }
        return .repeated(Self.ids(of: messages, first: MessageSequence(renewed.milliseconds)))
    }

    /// The ids of messages that were accepted from this sequence on.
    package static func ids(of messages: [NewMessage], first: MessageSequence) -> [MessageID] {
        messages.enumerated().map { index, message in
            MessageID(sequence: MessageSequence(first.value + Int64(index)), nonce: message.nonce)
        }
    }
}

/// What became of a post with a receipt.
package enum PostOutcome: Hashable, Sendable {
    case stored([MessageID])
    /// They were stored before, under these ids; some may be gone since. Nothing was stored now.
    case repeated([MessageID])
    /// Something else was stored under this receipt. Nothing was stored now.
    case differs
}

extension ClaimID {
    /// What the ids of receipts begin with, and none that is minted.
    private static let receiptMark: UInt64 = 0x5765_6972 << 32

    /// The id of a receipt, made of 96 bits.
    package init(receipt high: UInt32, _ low: UInt64) {
        self.init(high: Self.receiptMark | UInt64(high), low: low)
    }

    /// Whether it names a receipt.
    package var isReceipt: Bool { high & ~0xFFFF_FFFF == Self.receiptMark }
}
