internal import Glibc

/// A point on a clock that nobody sets. Says only how much time passes, never what time it is.
package struct Instant: Comparable, Sendable {
    private let nanoseconds: Int64

    package static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The point this many milliseconds later.
    package func adding(milliseconds: Int) -> Instant {
        Instant(nanoseconds: nanoseconds + Int64(milliseconds) * 1_000_000)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

/// Waits that grow, each of a random length, so that two who met do not meet again.
struct Backoff {
    private var microseconds: Int
    private let longest: Int

    init(microseconds: Int, longest: Int) {
        self.microseconds = microseconds
        self.longest = longest
    }

    /// Holds the thread, which must be one of a store's own.
    mutating func wait() {
        usleep(UInt32(Int.random(in: microseconds / 2...microseconds)))
        microseconds = min(microseconds * 2, longest)
    }
}
