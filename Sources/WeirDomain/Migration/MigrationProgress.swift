/// How far a migration is.
package struct MigrationProgress: Hashable, Sendable {
    /// Messages up to and including this sequence are copied.
    package var copiedThrough = MessageSequence.start
    /// Whether all pages are copied: what is left are marked changes.
    package var isCopied = false
    /// Messages that were copied.
    package var copied = 0
    package var copiedBytes = 0
    /// Messages that the queue held when it was last counted.
    package var total = 0
    /// Marked changes that wait to be carried over.
    package var dirty = 0
    /// Messages a second, lately.
    package var rate = 0
    /// Why it goes no faster, if anything slows it down on purpose.
    package var throttled: String?
    /// Messages whose copies were compared; whether all were.
    package var compared = 0
    package var isVerified = false
    /// Cutovers that were tried, and those that were given up.
    package var attempts = 0
    package var aborts = 0
    /// How many of those were given up one after the other, without a switch between, and when the next may begin. They
    /// stand in the catalog because others than the worker give cutovers up too, and another worker may have it next.
    package var abortsInARow = 0
    package var nextCutover: Timestamp?
    /// Milliseconds for which the latest cutover kept the queue waiting.
    package var stall: Int?

    package init() {}

    /// Seconds until everything is copied, as it goes now; nil if that cannot be told.
    package var eta: Int? {
        if isCopied { return 0 }
        return rate > 0 ? max(0, total - copied) / rate : nil
    }

    /// Rest after a cutover that was given up: doubled each time, up to the second figure.
    private static let restMilliseconds: Int64 = 1000
    private static let longestRestMilliseconds: Int64 = 60_000

    mutating func countAbort(at now: Timestamp) {
        aborts += 1
        abortsInARow += 1
        restAfterAbort(at: now)
    }

    /// Callers of the queue are left in peace for a while.
    package mutating func restAfterAbort(at now: Timestamp) {
        let rest = min(Self.restMilliseconds << min(max(abortsInARow, 1) - 1, 10), Self.longestRestMilliseconds)
        nextCutover = Timestamp(milliseconds: now.milliseconds + rest)
    }

    mutating func countSwitch(stall milliseconds: Int) {
        stall = milliseconds
        abortsInARow = 0
        nextCutover = nil
    }

    /// From the beginning, with nothing copied; attempts are remembered.
    package mutating func restart() {
        copiedThrough = .start
        isCopied = false
        copied = 0
        copiedBytes = 0
        compared = 0
        isVerified = false
    }
}
