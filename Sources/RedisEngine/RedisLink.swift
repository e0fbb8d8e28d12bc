internal import Glibc
internal import StoreThreads

/// Brings connections to a thread that has lost its own: dials on a thread beside it until there is one again, so that
/// whoever waits need not wait for that.
// Sendable by hand: everything that changes is touched only under `mutex`.
final class RedisLink: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let dialer: RedisDialer
    private var fresh: RedisDialer.Line?
    private var isDialing = false
    private var isClosed = false
    private var lastReason = "not connected yet"

    init(_ dialer: RedisDialer) {
        self.dialer = dialer
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Why there is no connection.
    var reason: String {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return lastReason
    }

    /// Begins to dial, unless it does so already.
    func dial(after failure: RedisFailure) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        lastReason = failure.reason
        guard !isDialing, !isClosed else { return }
        isDialing = true
        Thread.start { [self] in keepDialing() }
    }

    /// The new connection, as soon as there is one, at the latest at `deadline`.
    func take(until deadline: Instant) -> RedisDialer.Line? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while fresh == nil, !isClosed, wait(until: deadline) {}
        defer { fresh = nil }
        return fresh
    }

    /// Stops dialing.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        fresh = nil
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    private func keepDialing() {
        var pause = Backoff()
        while true {
            do throws(RedisFailure) {
                return hand(over: try dialer.dial())
            } catch {
                guard rest(milliseconds: pause.next(), after: error) else { return }
            }
        }
    }

    private func hand(over line: RedisDialer.Line) {
        pthread_mutex_lock(mutex)
        isDialing = false
        if !isClosed { fresh = line }
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    /// False if nobody wants a connection any more.
    private func rest(milliseconds: Int, after failure: RedisFailure) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        lastReason = failure.reason
        let deadline = Instant.now.adding(milliseconds: milliseconds)
        while !isClosed, wait(until: deadline) {}
        return !isClosed
    }

    /// Waits for a change under the mutex; false once the time is over.
    private func wait(until deadline: Instant) -> Bool {
        var time = deadline.time
        return pthread_cond_timedwait(changed, mutex, &time) == 0
    }
}

/// Pauses between attempts: doubling from 50 ms to 2 s, each with a random part, so that nodes that lost the same
/// server do not come back in step.
struct Backoff {
    private var milliseconds = 50

    mutating func next() -> Int {
        defer { milliseconds = min(2000, milliseconds * 2) }
        return Int.random(in: milliseconds / 2...milliseconds)
    }
}
