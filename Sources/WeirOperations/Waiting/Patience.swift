internal import Synchronization

/// How long a caller waits for messages if there are none.
package struct Patience: Sendable {
    package let seconds: Int
    package let departure: Departure

    package init(seconds: Int, departure: Departure = Departure()) {
        self.seconds = seconds
        self.departure = departure
    }
}

/// Whether a caller that waits is still there. Leaving ends its wait at once.
package final class Departure: Sendable {
    private enum State {
        case here(onLeaving: @Sendable () -> Void)
        case gone
    }

    private let state = Mutex(State.here(onLeaving: {}))

    package init() {}

    /// The caller has left, or is asked to.
    package func depart() {
        let leaving = state.withLock { state in
            defer { state = .gone }
            if case .here(let leaving) = state { return leaving }
            return {}
        }
        leaving()
    }

    package var isOver: Bool {
        state.withLock { state in
            if case .gone = state { true } else { false }
        }
    }

    /// Has `action` done when the caller leaves, or at once if it has left. There is one action at a time.
    func onLeaving(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLock { state in
            if case .gone = state { return true }
            state = .here(onLeaving: action)
            return false
        }
        if isGone { action() }
    }
}
