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
    private var isClosed = false

    package init(capacity: Int) {
        self.capacity = capacity
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(filled, nil)
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
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return .closed }
        guard items.count < capacity else { return .full }
        items.append(item)
        if sleepers > 0 { pthread_cond_signal(filled) }
        return nil
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
