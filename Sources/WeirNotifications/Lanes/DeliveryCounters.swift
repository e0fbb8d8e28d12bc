internal import Synchronization

/// What the notifier of this node has done, for whoever watches it.
package final class DeliveryCounters: Sendable {
    /// The figures at one moment.
    package struct Figures: Hashable, Sendable {
        package var delivered = 0
        package var retried = 0
        package var failed = 0
        package var spilled = 0
        /// Parcels in backlogs that this node serves.
        package var backlog = 0
        /// Parcels that wait in this node's memory.
        package var waiting = 0
        /// Seconds since the oldest message was posted of which some subscriber has yet to be told.
        package var ageSeconds = 0.0
    }

    private let state = Mutex((figures: Figures(), ages: [String: Double]()))

    package init() {}

    package var figures: Figures {
        state.withLock { state in
            var figures = state.figures
            figures.ageSeconds = state.ages.values.max() ?? 0
            return figures
        }
    }

    func count(_ change: (inout Figures) -> Void) {
        state.withLock { change(&$0.figures) }
    }

    /// How far behind the dispatcher of this outbox is; nil once it has ended.
    func setAge(_ seconds: Double?, of outbox: String) {
        state.withLock { $0.ages[outbox] = seconds }
    }

    var waiting: Int { state.withLock { $0.figures.waiting } }
}
