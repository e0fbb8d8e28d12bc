internal import Synchronization
package import WeirOperations

/// What the notifier of this node has done, for whoever watches it.
package final class DeliveryCounters: Sendable {
    private let state = Mutex((figures: DeliveryFigures(), ages: [String: Double]()))

    package init() {}

    package var figures: DeliveryFigures {
        state.withLock { state in
            var figures = state.figures
            figures.ageSeconds = state.ages.values.max() ?? 0
            return figures
        }
    }

    func count(_ change: (inout DeliveryFigures) -> Void) {
        state.withLock { change(&$0.figures) }
    }

    /// How far behind the dispatcher of this outbox is; nil once it has ended.
    func setAge(_ seconds: Double?, of outbox: String) {
        state.withLock { $0.ages[outbox] = seconds }
    }
}
