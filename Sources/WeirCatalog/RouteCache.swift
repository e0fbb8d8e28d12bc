internal import Synchronization
internal import WeirDomain

/// The routes this node used last, at most a fixed number of them; the least used ones make room (CLOCK).
///
/// It may be out of date: pools refuse an old route by its epoch, so that costs time and never correctness.
final class RouteCache: Sendable {
    /// 128 bits of a keyed hash of project and name. Two queues that collide would share a route; the pools would
    /// not notice. With 262,144 entries the odds are below 2^-91.
    private struct Key: Hashable {
        let high: Int
        let low: Int

        init(_ queue: QueueKey) {
            var hasher = Hasher()
            hasher.combine(queue)
            var other = hasher
            other.combine(1)
            high = hasher.finalize()
            low = other.finalize()
        }
    }

    private struct Entry {
        let key: Key
        let route: Route
        var used: Bool
    }

    private struct Shard {
        var slots: [Entry?] = []
        var index: [Key: Int] = [:]
        var hand = 0
        var removals: UInt64 = 0
    }

    private static let shardCount = 16
    private let shards: [Mutexed<Shard>]
    private let capacityPerShard: Int

    init(capacity: Int) {
        capacityPerShard = max(1, capacity / Self.shardCount)
        shards = (0..<Self.shardCount).map { _ in Mutexed(Shard()) }
    }

    func route(for queue: QueueKey) -> Route? {
        let key = Key(queue)
        return shard(of: key).withLock { shard in
            guard let position = shard.index[key] else { return nil }
            shard.slots[position]?.used = true
            return shard.slots[position]?.route
        }
    }

    /// A ticket to be taken before the catalog is read: what is read is kept only if nothing was removed since.
    func ticket(for queue: QueueKey) -> UInt64 {
        shard(of: Key(queue)).withLock { $0.removals }
    }

    func insert(_ route: Route, for queue: QueueKey, ticket: UInt64) {
        let key = Key(queue)
        shard(of: key).withLock { shard in
            guard shard.removals == ticket else { return }
            let entry = Entry(key: key, route: route, used: false)
            if let position = shard.index[key] {
                shard.slots[position] = entry
            } else {
                place(entry, in: &shard)
            }
        }
    }

    func remove(_ queue: QueueKey) {
        let key = Key(queue)
        shard(of: key).withLock { shard in
            shard.removals += 1
            if let position = shard.index.removeValue(forKey: key) { shard.slots[position] = nil }
        }
    }

    private func place(_ entry: Entry, in shard: inout Shard) {
        if shard.slots.count < capacityPerShard {
            shard.index[entry.key] = shard.slots.count
            shard.slots.append(entry)
            return
        }
        while shard.slots[shard.hand]?.used == true {
            shard.slots[shard.hand]?.used = false
            shard.hand = (shard.hand + 1) % shard.slots.count
        }
        if let old = shard.slots[shard.hand] { shard.index[old.key] = nil }
        shard.index[entry.key] = shard.hand
        shard.slots[shard.hand] = entry
        shard.hand = (shard.hand + 1) % shard.slots.count
    }

    private func shard(of key: Key) -> Mutexed<Shard> {
        shards[Int(UInt(bitPattern: key.low) % UInt(Self.shardCount))]
    }
}

/// A mutex that can stand in an array.
final class Mutexed<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) {
        mutex = Mutex(value)
    }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { body(&$0) }
    }
}
