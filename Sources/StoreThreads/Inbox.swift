internal import Glibc

/// A bounded queue into a thread: anybody puts, one or several threads take all that is there, up to a bound,
/// and sleep while nothing is.
// Sendable by hand: `items` and `isClosed` are touched only under `mutex`.
package final class Inbox<Item: Sendable>: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    private var items: [Item] = []
    private var sleepers = 0
    /// How many items wake a sleeper.
    private var wanted = 1
    private var isClosed = false

    package init(capacity: Int) {
        self.capacity = capacity
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(filled, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(filled)
        pthread_mutex_destroy(mutex)
        filled.deallocate()
        mutex.deallocate()
    }

    package enum Refusal {
        case full
        case closed
    }

    /// Nil if the item was taken in.
    package func put(_ item: Item) -> Refusal? {
        pthread_mutex_lock(mutex)
        let refusal: Refusal? = if isClosed { .closed } else if items.count >= capacity { .full } else { nil }
        if refusal == nil { items.append(item) }
        let mustWake = refusal == nil && sleepers > 0 && items.count >= wanted
        pthread_mutex_unlock(mutex)
        // Not before: who wakes would at once wait for the mutex.
        if mustWake { pthread_cond_signal(filled) }
        return refusal
    }

    /// Waits for items and takes them in order, at most `limit`. Empty once closed and drained.
    package func take(_ limit: Int) -> [Item] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while items.isEmpty && !isClosed {
            sleepers += 1
            pthread_cond_wait(filled, mutex)
            sleepers -= 1
        }
        return first(limit)
    }

    /// Likewise, and waits a little longer for `count` items beside those that are there already. Says whether they
    /// came. For an inbox from which one thread takes.
    package func take(_ limit: Int, awaiting count: Int, microseconds: Int) -> (items: [Item], cameAll: Bool) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let expected = min(items.count + count, limit)
        while items.isEmpty && !isClosed {
            sleepers += 1
            pthread_cond_wait(filled, mutex)
            sleepers -= 1
        }
        var end = Instant.now.adding(microseconds: microseconds).time
        wanted = expected
        defer { wanted = 1 }
        while items.count < expected && !isClosed {
            sleepers += 1
            let outcome = pthread_cond_timedwait(filled, mutex, &end)
            sleepers -= 1
            if outcome != 0 { break }
        }
        let cameAll = items.count >= expected
        return (first(limit), cameAll)
    }

    private func first(_ limit: Int) -> [Item] {
        guard items.count > limit else {
            let all = items
            items = []
            items.reserveCapacity(all.count)
            return all
        }
        let some = Array(items[..<limit])
        items.removeFirst(limit)
        return some
    }

    /// Lets in no more; what is inside is still taken out.
    package func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(filled)
        pthread_mutex_unlock(mutex)
    }
}
