/// A point in time: milliseconds since 1970-01-01T00:00:00Z, taken from the clock of the node that serves the
/// request. Stores keep these absolute values and never a time to live of their own.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The point `seconds` later, or earlier if that is negative. Saturates at the ends of what can be represented.
    package func adding(seconds: Int) -> Timestamp {
        let (span, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1000)
        let (sum, overflowed) = milliseconds.addingReportingOverflow(span)
        return Timestamp(milliseconds: overflow || overflowed ? (seconds < 0 ? .min : .max) : sum)
    }

    /// Whole seconds from `earlier` to this point, never negative: what the API calls an age.
    package func seconds(since earlier: Timestamp) -> Int {
        Int(max(0, milliseconds - earlier.milliseconds) / 1000)
    }
}

/// Where the time comes from. A node uses the system's clock; tests use one they turn by hand.
package protocol WeirClock: Sendable {
    /// The present time. May be called from any task; it never waits.
    func now() -> Timestamp

    /// Returns after so many milliseconds, or at once if the task is cancelled.
    func sleep(milliseconds: Int) async
}

extension WeirClock {
    /// Waits before another attempt at a change that others came before: the longer, the more often they did. Of many who
    /// wait not all come back at the same time. The first attempt, 0, waits for nothing.
    package func giveWay(before attempt: Int) async {
        guard attempt > 0 else { return }
        await sleep(milliseconds: .random(in: 0...min(1 << min(attempt, 16), Limits.changePauseMilliseconds)))
    }
}
