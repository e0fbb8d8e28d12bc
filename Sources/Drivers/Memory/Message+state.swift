import WeirDomain

/// What a message is at one moment. All three bounds are the first instant at which the state is over.
extension Message {
    func isVisible(at now: Timestamp) -> Bool { expires > now }

    func isDelayed(at now: Timestamp) -> Bool { delayedUntil > now }

    func isClaimed(at now: Timestamp) -> Bool { claim != nil && claimedUntil > now }

    /// Whether a claim or a pop may take it.
    func isFree(at now: Timestamp) -> Bool {
        isVisible(at: now) && !isDelayed(at: now) && !isClaimed(at: now)
    }
}
