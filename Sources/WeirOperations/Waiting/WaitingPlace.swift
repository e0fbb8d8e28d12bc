internal import WeirDomain

/// Somebody's place in the line of those that wait for messages of a queue. Whoever has one looks, asks for its turn
/// if there was nothing, looks again, and leaves.
package struct WaitingPlace: Sendable {
    private let signals: QueueSignals
    private let key: QueueKey
    private let number: UInt64
    /// Whether to look before the first turn: if not, others came before and found nothing.
    package let looksFirst: Bool

    init(_ signals: QueueSignals, _ key: QueueKey, _ number: UInt64, looksFirst: Bool) {
        self.signals = signals
        self.key = key
        self.number = number
        self.looksFirst = looksFirst
    }

    /// Waits until there may be something, or the time is over.
    package func turn() async -> WaitTurn {
        await signals.turn(key, number)
    }

    /// Ends the wait at once, now or later.
    package func end() {
        signals.end(key, number)
    }

    /// Has to be called once.
    /// - Parameter leavingMore: Whether there may be messages left for the next in line.
    package func leave(leavingMore: Bool = false) {
        signals.leave(key, number, leavingMore: leavingMore)
    }
}
