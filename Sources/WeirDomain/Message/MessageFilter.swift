/// Which messages of a queue a listing shows, and from where.
package struct MessageFilter: Sendable {
    /// Strictly after this sequence.
    package var after: MessageSequence
    /// Number of messages, counted after filtering.
    package var limit: Int
    /// Hide what this client posted itself; nil shows all.
    package var hiding: ClientID?
    package var includeClaimed: Bool
    package var includeDelayed: Bool

    package init(
        after: MessageSequence, limit: Int, hiding: ClientID? = nil, includeClaimed: Bool = false,
        includeDelayed: Bool = false
    ) {
        self.after = after
        self.limit = limit
        self.hiding = hiding
        self.includeClaimed = includeClaimed
        self.includeDelayed = includeDelayed
    }
}
