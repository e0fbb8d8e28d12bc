/// What became of the deletion of one message (API section 4.7).
package enum DeleteOutcome: Hashable, Sendable {
    /// It is gone now.
    case deleted
    /// No such message: never was, deleted, or expired.
    case missing
    /// A live claim holds it and the caller named none.
    case claimed
    /// A live claim holds it and the caller named another live one.
    case claimedByAnother
    /// The caller named a claim that is unknown, released or expired.
    case claimNotLive
    /// The caller named a live claim, but none holds the message.
    case notClaimed
}

/// What became of the deletion of several messages (API section 4.5).
package enum BulkDeleteOutcome: Hashable, Sendable {
    /// None of the ids names a message now.
    case deleted
    /// Claims were demanded, and this message is held by none of those named: nothing was deleted.
    case refused(MessageID)
}
