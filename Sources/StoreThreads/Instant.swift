package import Glibc

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

    /// The point this many microseconds later.
    package func adding(microseconds: Int) -> Instant {
        Instant(nanoseconds: nanoseconds + Int64(microseconds) * 1000)
    }

    /// As the system's calls want it.
    package var time: timespec {
        timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }

    /// Nanoseconds from `earlier` to here; below 0 if that is later.
    package func nanoseconds(since earlier: Instant) -> Int64 {
        nanoseconds - earlier.nanoseconds
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
