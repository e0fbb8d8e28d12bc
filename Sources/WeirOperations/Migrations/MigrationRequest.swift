package import WeirDomain

/// What an operator asks to be moved.
package struct MigrationRequest: Sendable {
    package enum Scope: Sendable {
        /// One queue, to the pool of this name.
        case queue(QueueKey, to: String)
        /// All queues of the pool of this name, which takes no new ones from then on.
        case drain(String)
        /// As few queues as bring the pools of this flavor, or those without one, to the shares that their weights say.
        case rebalance(flavor: String?)
    }

    package var scope: Scope
    package var terms: MigrationTerms
    /// Whether only the plan is wanted.
    package var isDryRun: Bool

    package init(_ scope: Scope, terms: MigrationTerms, isDryRun: Bool) {
        self.scope = scope
        self.terms = terms
        self.isDryRun = isDryRun
    }
}

/// How queues are moved.
package struct MigrationTerms: Sendable {
    /// Seconds that the source is kept for a way back.
    package var keepSourceSeconds: Int
    /// Whether the cutover waits for the word of an operator.
    package var waitsForCutover = false
    /// Bounds for the copying of each queue, on top of those of the pools; nil for none.
    package var messagesPerSecond: Int?
    package var bytesPerSecond: Int?

    /// Seconds that the source of one queue is kept if nothing is said.
    package static let defaultKeepSourceSeconds = 900
    private static let longestKeepSourceSeconds = 86_400
    private static let highestRate = 1_000_000_000

    package init(keepSourceSeconds: Int) {
        self.keepSourceSeconds = keepSourceSeconds
    }

    func check() throws(OperationError) {
        guard (0...Self.longestKeepSourceSeconds).contains(keepSourceSeconds) else {
            throw .invalidBody(
                "keep_source_seconds: \(keepSourceSeconds) is out of range; it may be 0 to "
                    + "\(Self.longestKeepSourceSeconds).")
        }
        try Self.checkRate("messages_per_second", messagesPerSecond)
        try Self.checkRate("bytes_per_second", bytesPerSecond)
    }

    static func checkRate(_ name: String, _ rate: Int?) throws(OperationError) {
        guard let rate, !(1...highestRate).contains(rate) else { return }
        throw .invalidBody("\(name): \(rate) is out of range; it may be 1 to \(highestRate).")
    }
}

/// What would be moved, and what cannot be.
package struct MigrationPlan: Sendable {
    package var moves: [PlannedMove] = []
    package var refusals: [RefusedMove] = []
}

/// A move that nothing is known to stand against.
package struct PlannedMove: Sendable {
    package let queue: PlacedQueue
    /// The name of the pool.
    package let to: String
}

/// A move that is not to be, and why: a sentence.
package struct RefusedMove: Sendable {
    package let queue: PlacedQueue
    /// The name of the pool, if one was chosen.
    package let to: String?
    package let reason: String
}

/// A queue and where it is.
package struct PlacedQueue: Sendable {
    package let key: QueueKey
    package let ref: QueueRef
    /// The name of the pool.
    package let pool: String
    /// The name of its flavor, if it has one.
    package let flavor: String?
}

/// What came of a request.
package struct MigrationAnswer: Sendable {
    /// Empty unless it was a dry run.
    package var moves: [PlannedMove] = []
    /// Those that have begun.
    package var migrations: [Migration] = []
    package var refusals: [RefusedMove] = []
}
