import Synchronization
package import WeirDomain

/// A clock that stands still until a test turns it.
package final class ManualClock: WeirClock {
    private let time: Mutex<Timestamp>

    /// Stands at `start`: a whole second in 2030 unless told otherwise, later than any real clock the tests
    /// meet, so that a store that trusts its own clock is found out.
    package init(at start: Timestamp = Timestamp(milliseconds: 1_900_000_000_000)) {
        time = Mutex(start)
    }

    /// Where the clock stands.
    package func now() -> Timestamp {
        time.withLock { $0 }
    }

    /// Only lets others go first: nobody may be there to turn the clock.
    package func sleep(milliseconds: Int) async {
        await Task.yield()
    }

    /// Turns the clock on.
    package func advance(seconds: Int = 0, milliseconds: Int64 = 0) {
        time.withLock { time in
            time = Timestamp(milliseconds: time.adding(seconds: seconds).milliseconds + milliseconds)
        }
    }
}
