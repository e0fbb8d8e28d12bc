internal import Glibc

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
