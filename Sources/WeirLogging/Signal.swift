internal import Glibc

/// A counting semaphore. Waiting blocks the thread, so only threads of our own and the end of the process
/// wait.
///
/// Unchecked because the pointer never changes and the system's semaphore is made for sharing.
final class Signal: @unchecked Sendable {
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        semaphore = .allocate(capacity: 1)
        sem_init(semaphore, 0, 0)
    }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    /// Lets one waiter go, now or later.
    func post() {
        sem_post(semaphore)
    }

    /// Waits for a `post`.
    func wait() {
        while sem_wait(semaphore) != 0, errno == EINTR {}
    }

    /// Waits for a `post`, at most `limit`. True if there was one.
    func wait(within limit: Duration) -> Bool {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        let parts = limit.components
        let nanoseconds = deadline.tv_nsec + Int(parts.attoseconds / 1_000_000_000)
        deadline.tv_sec += Int(parts.seconds) + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        while sem_timedwait(semaphore, &deadline) != 0 {
            if errno != EINTR { return false }
        }
        return true
    }
}
