internal import DeliveryEngine
internal import Synchronization
package import WeirDomain

/// How many attempts of a node are under way. Those to subscribers that were slow last time have a number of their own,
/// and one that turns out slow gives back the place that it took from the others. Subscribers of which nothing is known
/// yet have half of the other places at the most. In every line the projects are served in turn. So subscribers that
/// hang, however many, keep none from being told that does not.
package final class Allowance: Sendable {
    /// How the last attempt to a subscriber went.
    package enum Pace: CaseIterable, Sendable {
        case quick, unknown, slow
    }

    private typealias Continuation = UnsafeContinuation<Void, Never>

    private struct State {
        var taken: [Pace: Int] = [:]
        var lines: [Pace: FairLine<Continuation>] = [:]
        /// Whether those of which nothing is known are next.
        var isTurnOfUnknown = false
        /// Subscriptions whose subscribers were quick the last time.
        var quick: Set<String> = []

        func count(_ paces: Pace...) -> Int { paces.reduce(0) { $0 + (taken[$1] ?? 0) } }
    }

    /// A place. Given back once.
    package final class Place: Sendable {
        private let allowance: Allowance
        private let pace: Mutex<Pace>

        fileprivate init(_ allowance: Allowance, _ pace: Pace) {
            self.allowance = allowance
            self.pace = Mutex(pace)
        }

        /// Moves it over to the slow ones, of which there may then be more than allowed.
        package func slowDown() { move(to: .slow) }

        package func leave() { move(to: nil) }

        private func move(to new: Pace?) {
            let old = pace.withLock { pace in
                defer { pace = new ?? pace }
                return pace
            }
            allowance.move(from: old, to: new)
        }
    }

    private let state = Mutex(State())
    private let regular: Int
    private let slow: Int

    /// - Parameters:
    ///   - regular: attempts at a time to subscribers that answer, or may.
    ///   - slow: to the others.
    package init(regular: Int, slow: Int) {
        self.regular = regular
        self.slow = slow
    }

    /// How many attempts there can be under way with so many regular places: each of those that turned slow since they
    /// began may take as long as any attempt.
    package static func attempts(regular: Int) -> Int {
        let turnedSlow = regular * Limits.deliveryMilliseconds / Limits.slowAttemptMilliseconds
        return regular + Limits.slowAttempts + min(turnedSlow, Limits.turnedSlowAttempts)
    }

    /// How the last attempt for this subscription went, as far as that is remembered.
    package func pace(of subscription: String) -> Pace {
        state.withLock { $0.quick.contains(subscription) } ? .quick : .unknown
    }

    /// Remembers how an attempt for this subscription went.
    package func note(_ pace: Pace, of subscription: String) {
        state.withLock { state in
            guard pace == .quick else {
                state.quick.remove(subscription)
                return
            }
            // They are found out again soon.
            if state.quick.count >= Limits.rememberedQuickSubscriptions { state.quick = [] }
            state.quick.insert(subscription)
        }
    }

    /// How many wait for a place.
    package var waiting: Int { state.withLock { $0.lines.values.reduce(0) { $0 + $1.count } } }

    /// Waits for a place.
    package func enter(_ pace: Pace, of project: ProjectID) async -> Place {
        await withUnsafeContinuation { continuation in
            change { $0.lines[pace, default: FairLine()].append(continuation, of: project) }
        }
        return Place(self, pace)
    }

    private func move(from old: Pace, to new: Pace?) {
        guard old != new else { return }
        change { state in
            state.taken[old, default: 0] -= 1
            if let new { state.taken[new, default: 0] += 1 }
        }
    }

    /// Makes the change, and lets in who has a place then.
    private func change(_ body: (inout State) -> Void) {
        let next = state.withLock { state in
            body(&state)
            var next: [Continuation] = []
            while let each = admit(&state) { next.append(each) }
            return next
        }
        for continuation in next { continuation.resume() }
    }

    private func admit(_ state: inout State) -> Continuation? {
        for pace in state.isTurnOfUnknown ? [Pace.unknown, .quick, .slow] : [.quick, .unknown, .slow]
        where hasPlace(state, for: pace) {
            guard let next = state.lines[pace]?.popFirst() else { continue }
            state.taken[pace, default: 0] += 1
            if pace != .slow { state.isTurnOfUnknown = pace == .quick }
            return next.element
        }
        return nil
    }

    private func hasPlace(_ state: State, for pace: Pace) -> Bool {
        switch pace {
        case .slow: state.count(.slow) < slow
        case .quick: state.count(.quick, .unknown) < regular
        case .unknown: state.count(.quick, .unknown) < regular && state.count(.unknown) < max(1, regular / 2)
        }
    }
}
