/// What a history shows. Counts are of messages unless said otherwise.
package struct Findings: Sendable, Equatable {
    /// Posted and answered 201.
    package var acknowledged = 0
    /// Posted, and nobody knows whether they are there. Never counted as lost.
    package var unknownPosts = 0
    /// Different messages that a claim handed out, whether acknowledged or unknown.
    package var consumed = 0
    /// Claims (not messages) whose outcome is unknown.
    package var unknownClaims = 0
    /// Deletes (not messages) whose outcome is unknown.
    package var unknownDeletes = 0
    /// Deletes (not messages) that were refused as if the claim had ended.
    package var refusedDeletes = 0
    /// Deliveries of a message again, after the claims that held it before may have ended and before a delete of it
    /// was acknowledged: what "at least once" allows.
    package var explainedDuplicates = 0
    /// Acknowledged and never handed out, in a run that ended before it had drained its queues: they may be there.
    package var notClaimed = 0

    /// Not there any more, though the queues were drained: acknowledged and never handed out, or handed out and gone
    /// without a delete that can have taken them.
    package var lost = 0
    /// Still listed when nothing came any more, and no claim got them.
    package var stuck = 0
    /// Deletes (not messages) that were refused while their claim certainly held the message.
    package var refusedWhileHeld = 0
    /// Deliveries of a message again that nothing allows: after a delete of it was acknowledged, or while another
    /// claim held it.
    package var unexplainedDuplicates = 0
    /// Those of them that came while another claim held the message.
    package var overlappingClaims = 0
    /// Acknowledged messages that came after a later one of the same producer in the same queue.
    package var orderViolations = 0
    /// Deliveries of what was never posted, was refused, was posted to another queue, or came with another body.
    package var phantoms = 0
    /// Deliveries under an id that is not the message's own.
    package var changedIDs = 0

    /// A sentence on each of the first violations, at most `maximumExamples`.
    package private(set) var examples: [String] = []

    /// Bound of `examples`.
    package static let maximumExamples = 20

    /// No violation of any kind.
    package var isClean: Bool { violations.allSatisfy { $0.count == 0 } }

    /// The counts that must be zero, by name.
    package var violations: [(name: String, count: Int)] {
        [
            ("lost", lost), ("stuck", stuck), ("refused_while_held", refusedWhileHeld),
            ("unexplained_duplicates", unexplainedDuplicates), ("overlapping_claims", overlappingClaims),
            ("order_violations", orderViolations), ("phantoms", phantoms), ("changed_ids", changedIDs),
        ]
    }

    /// The counts that are what they are, by name.
    package var facts: [(name: String, count: Int)] {
        [
            ("acknowledged", acknowledged), ("consumed", consumed), ("unknown_posts", unknownPosts),
            ("unknown_claims", unknownClaims), ("unknown_deletes", unknownDeletes),
            ("refused_deletes", refusedDeletes), ("explained_duplicates", explainedDuplicates),
            ("not_claimed", notClaimed),
        ]
    }

    /// Nothing found.
    package init() {}

    /// Keeps the sentence if there is room.
    mutating func explain(_ sentence: @autoclosure () -> String) {
        if examples.count < Self.maximumExamples { examples.append(sentence()) }
    }
}
