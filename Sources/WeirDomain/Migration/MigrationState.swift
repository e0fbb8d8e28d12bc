/// Where a migration stands, as the API names it.
package enum MigrationState: String, Hashable, Sendable, CaseIterable {
    case planned, copying, catchingUp = "catching_up", ready, cutover, switched, cleaning, done, paused, cancelled,
        reversing, reversed, failed

    /// Whether it is over.
    package var hasEnded: Bool {
        switch self {
        case .done, .cancelled, .reversed, .failed: true
        default: false
        }
    }
}

/// What a migration does next. Told apart from the state, because the way back takes the same steps.
package enum MigrationStep: String, Hashable, Sendable {
    /// Nothing has been done.
    case planned
    /// Changes at the source are marked; pages are copied.
    case copying
    /// Marked changes are carried over, and the copies compared.
    case catchingUp = "catching_up"
    /// The copies agree, but for the latest changes: the cutover may begin.
    case ready
    /// The source is fenced; the last changes go over.
    case cutover
    /// The target serves. What the source held is kept for a way back.
    case switched
    /// What the pool that was left held is being removed.
    case cleaning
    /// It will not happen: what was begun at both pools is being removed.
    case undoing
    case ended
}

/// How a migration ended.
package enum MigrationOutcome: String, Hashable, Sendable {
    case done, cancelled, failed, reversed
}

/// Why a migration cannot do what is asked of it: a sentence.
package struct MigrationRefusal: Error, Hashable, Sendable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// An entry of a migration's history.
package struct MigrationEvent: Hashable, Sendable {
    package var at: Timestamp
    /// The state that it had from then on.
    package var state: MigrationState
    /// Which node or who.
    package var actor: String
    package var reason: String

    package init(at: Timestamp, state: MigrationState, actor: String, reason: String) {
        self.at = at
        self.state = state
        self.actor = actor
        self.reason = reason
    }
}
