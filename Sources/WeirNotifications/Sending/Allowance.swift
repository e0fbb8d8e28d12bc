internal import Synchronization

/// How many attempts of a node are under way. Those to subscribers that were slow last time have a number of their own,
/// and one that turns out slow gives back the place that it took from the others: subscribers that hang, however many,
/// keep none from being told that does not.
package final class Allowance: Sendable {
    private typealias Continuation = UnsafeContinuation<Void, Never>

    private struct State {
        var regular = 0
        var slow = 0
        var waiting: [Continuation] = []
        var waitingSlowly: [Continuation] = []
    }

    /// A place. Given back once.
    package final class Place: Sendable {
        private let allowance: Allowance
        private let isSlow: Mutex<Bool>

        fileprivate init(_ allowance: Allowance, isSlow: Bool) {
            self.allowance = allowance
            self.isSlow = Mutex(isSlow)
        }

        /// Moves it over to the slow ones, of which there may then be more than allowed.
        package func slowDown() {
            let wasRegular = isSlow.withLock { isSlow in
                defer { isSlow = true }
                return !isSlow
            }
            if wasRegular { allowance.change(regular: -1, slow: 1) }
        }

        package func leave() {
            let isSlow = isSlow.withLock { $0 }
            allowance.change(regular: isSlow ? 0 : -1, slow: isSlow ? -1 : 0)
        }
    }

    private let state = Mutex(State())
    private let regular: Int
    private let slow: Int

    /// - Parameters:
    ///   - regular: attempts at a time to subscribers that answer.
    ///   - slow: to the others.
    package init(regular: Int, slow: Int) {
        self.regular = regular
        self.slow = slow
    }

    /// Waits for a place: first come, first served.
    package func enter(isSlow: Bool) async -> Place {
        await withUnsafeContinuation { continuation in
            let isIn = state.withLock { state in
                if isSlow {
                    guard state.slow < slow else {
                        state.waitingSlowly.append(continuation)
                        return false
                    }
                    state.slow += 1
                } else {
                    guard state.regular < regular else {
                        state.waiting.append(continuation)
                        return false
                    }
                    state.regular += 1
                }
                return true
            }
            if isIn { continuation.resume() }
        }
        return Place(self, isSlow: isSlow)
    }

    private func change(regular: Int, slow: Int) {
        let next = state.withLock { state in
            state.regular += regular
            state.slow += slow
            var next: [Continuation] = []
            while state.regular < self.regular, !state.waiting.isEmpty {
                state.regular += 1
                next.append(state.waiting.removeFirst())
            }
            while state.slow < self.slow, !state.waitingSlowly.isEmpty {
                state.slow += 1
                next.append(state.waitingSlowly.removeFirst())
            }
            return next
        }
        for continuation in next { continuation.resume() }
    }
}
