/// When the connections of one event loop count and when they stop. Times are monotonic nanoseconds.
package struct LoadPlan: Sendable {
    /// Requests sent before this moment are warm-up: only their failures count.
    package var countFrom: UInt64 = 0

    /// No request begins after this moment; nil for no end by time.
    package var stopAt: UInt64?

    /// How many requests may begin after the warm-up; nil for no end by number.
    package var requests: Int?

    /// An answer that takes longer than this is a failure and ends its connection.
    package var answerTimeout: UInt64 = 30_000_000_000

    /// Asked before each request: true ends the run as if its time were up.
    package var isInterrupted: @Sendable () -> Bool = { false }

    /// Counts everything, for ever.
    package init() {}
}
