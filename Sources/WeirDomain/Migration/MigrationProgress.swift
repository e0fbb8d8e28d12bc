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
    /// Milliseconds for which the latest cutover kept the queue waiting.
    package var stall: Int?

    package init() {}

    /// Seconds until everything is copied, as it goes now; nil if that cannot be told.
    package var eta: Int? {
        if isCopied { return 0 }
        return rate > 0 ? max(0, total - copied) / rate : nil
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
