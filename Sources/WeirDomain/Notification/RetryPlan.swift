/// When a failed delivery is tried again: the phases of a retry policy, from the first failure on.
package struct RetryPlan: Hashable, Sendable {
    /// How the delays between the fixed phases grow.
    package enum Backoff: String, CaseIterable, Hashable, Sendable {
        case linear, arithmetic, geometric, exponential
    }

    package var retriesWithoutDelay = 3
    package var minimumDelayRetries = 3
    /// Seconds.
    package var minimumDelay = 5
    /// Seconds.
    package var maximumDelay = 30
    package var maximumDelayRetries = 3
    package var backoff = Backoff.linear
    /// Whether a queue's policy stands whatever its subscriptions say.
    package var ignoresSubscriptions = false

    package init() {}

    /// Which of two policies counts; nil stands for one that nobody made.
    package static func choose(queue: RetryPlan?, subscription: RetryPlan?) -> RetryPlan {
        let isOverridden = queue?.ignoresSubscriptions ?? false || subscription?.ignoresSubscriptions ?? false
        if isOverridden { return queue ?? RetryPlan() }
        return subscription ?? queue ?? RetryPlan()
    }

    /// Seconds to wait before the attempt that follows this many failures, at least 1 of them; nil once the policy is
    /// exhausted. However large the numbers of a policy are, a delivery ends after `Limits.deliveryAttempts`, and no delay
    /// exceeds `Limits.deliveryDelaySeconds`.
    package func delay(afterFailures failures: Int) -> Int? {
        guard failures < Limits.deliveryAttempts else { return nil }
        var left = failures - 1
        if left < max(0, retriesWithoutDelay) { return 0 }
        left -= max(0, retriesWithoutDelay)
        if left < max(0, minimumDelayRetries) { return bounded(Double(minimumDelay)) }
        left -= max(0, minimumDelayRetries)
        if let delay = growing(left) { return bounded(delay) }
        left -= growingDelays
        return left < max(0, maximumDelayRetries) ? bounded(Double(maximumDelay)) : nil
    }

    private func bounded(_ seconds: Double) -> Int {
        Int(min(max(0, seconds), Double(Limits.deliveryDelaySeconds)))
    }

    // MARK: The growing delays

    /// Seconds between two steps, by which the number of steps is reckoned.
    private static let step = 5.0

    private var span: Double { max(0, Double(maximumDelay) - Double(minimumDelay)) }

    /// How many delays lie between the fixed phases.
    private var growingDelays: Int {
        let whole = (span / Self.step).rounded(.down)
        // Linear stops below the maximum: with a rest it takes one step more.
        let count = backoff == .linear && whole * Self.step < span ? whole + 1 : whole
        return Int(min(count, Double(Limits.deliveryAttempts)))
    }

    /// The delay of this number, counted from 0; nil beyond the last one.
    private func growing(_ index: Int) -> Double? {
        let count = growingDelays
        guard index < count else { return nil }
        let least = Double(minimumDelay)
        let steps = Double(index)
        guard backoff != .linear else { return least + steps * Self.step }
        guard count > 1 else { return least }
        if backoff == .arithmetic {
            let growth = 2 * span / (Double(count) * Double(count - 1))
            return (least + (steps + 1) * steps * growth / 2).rounded(.down)
        }
        // From nothing no factor leads anywhere.
        let base = max(least, 1)
        let factor = Self.root(max(Double(maximumDelay), 1) / base, count - 1)
        let power = (0..<index).reduce(1.0) { product, _ in product * factor }
        // What arithmetic leaves a hair below a whole number is that number.
        return (base * power + 1e-9).rounded(.down)
    }

    /// The positive number whose power of this degree is `value`, by bisection: the domain has no library of functions.
    private static func root(_ value: Double, _ degree: Int) -> Double {
        var (low, high) = (1.0, max(value, 1))
        for _ in 0..<200 {
            let middle = (low + high) / 2
            var power = 1.0
            for _ in 0..<degree where power <= value { power *= middle }
            if power <= value { low = middle } else { high = middle }
        }
        return low
    }
}
