internal import Synchronization
package import WeirDomain

/// The routes this node used last, at most about a fixed number of them; less used ones make room.
///
/// It may be out of date: pools refuse an old route by its epoch, so that costs time and never correctness.
package final class RouteCache: Sendable {
    fileprivate struct Shard {
        var table: RouteTable
        var removals: UInt64 = 0
        /// What rows name by number. Both lists only grow; when one is full, the shard starts afresh.
        var pools: [PoolSlot] = []
        var settings: [QueueSettings] = [QueueSettings()]
        var numbers: [QueueSettings: UInt32] = [QueueSettings(): 0]
    }

    private static let shardCount = 16
    fileprivate static let poolsPerShard = 1024
    fileprivate static let settingsPerShard = 4096
    private let shards: [Mutexed<Shard>]

    package init(capacity: Int) {
        let perShard = max(1, capacity / Self.shardCount)
        shards = (0..<Self.shardCount).map { _ in Mutexed(Shard(table: RouteTable(capacity: perShard))) }
    }

    /// The route, if this node knows it.
    package func route(for queue: QueueKey) -> Route? {
        let key = RouteTable.Key(queue)
        return shard(of: key).withLock { shard in
            shard.table.find(key).map { row in
                Route(
                    ref: QueueRef(life: row.life, epoch: row.epoch), pool: shard.pools[Int(row.pool)],
                    settings: shard.settings[Int(row.settings)])
            }
        }
    }

    /// A ticket to be taken before the catalog is read: what is read is kept only if nothing was removed since.
    package func ticket(for queue: QueueKey) -> UInt64 {
        shard(of: RouteTable.Key(queue)).withLock { $0.removals }
    }

    /// Keeps the route, if nothing was removed since the ticket was taken.
    package func insert(_ route: Route, for queue: QueueKey, ticket: UInt64) {
        let key = RouteTable.Key(queue)
        shard(of: key).withLock { shard in
            guard shard.removals == ticket else { return }
            shard.insert(route, for: key)
        }
    }

    /// Forgets the queue's route.
    package func remove(_ queue: QueueKey) {
        let key = RouteTable.Key(queue)
        shard(of: key).withLock { shard in
            shard.removals += 1
            shard.table.remove(key)
        }
    }

    /// Forgets all routes.
    package func removeAll() {
        for shard in shards {
            shard.withLock { shard in
                shard.removals += 1
                shard.table.removeAll()
            }
        }
    }

    /// How many routes are kept, and the bytes that their tables take.
    package var size: (routes: Int, bytes: Int) {
        shards.map { $0.withLock { (routes: $0.table.count, bytes: $0.table.bytes) } }
            .reduce((0, 0)) { ($0.0 + $1.routes, $0.1 + $1.bytes) }
    }

    private func shard(of key: RouteTable.Key) -> Mutexed<Shard> {
        shards[Int(key.high % UInt64(Self.shardCount))]
    }
}

extension RouteCache.Shard {
    fileprivate mutating func insert(_ route: Route, for key: RouteTable.Key) {
        let isFull = pools.count >= RouteCache.poolsPerShard || settings.count >= RouteCache.settingsPerShard
        if isFull { startAfresh() }
        var row = RouteTable.Row()
        row.life = route.ref.life
        row.epoch = route.ref.epoch
        row.pool = number(of: route.pool)
        row.settings = number(of: route.settings)
        table.insert(row, for: key)
    }

    private mutating func startAfresh() {
        table.removeAll()
        pools = []
        settings = [QueueSettings()]
        numbers = [QueueSettings(): 0]
    }

    private mutating func number(of pool: PoolSlot) -> UInt16 {
        if let known = pools.firstIndex(where: { $0 === pool }) { return UInt16(known) }
        pools.append(pool)
        return UInt16(pools.count - 1)
    }

    private mutating func number(of settings: QueueSettings) -> UInt32 {
        if let known = numbers[settings] { return known }
        let number = UInt32(self.settings.count)
        self.settings.append(settings)
        numbers[settings] = number
        return number
    }
}

extension RouteTable.Key {
    /// Two queues that collide would share a route and the pools would not notice: with a million routes the odds are
    /// below 2^-87.
    fileprivate init(_ queue: QueueKey) {
        var hasher = Hasher()
        hasher.combine(queue)
        var other = hasher
        other.combine(1)
        self.init(high: UInt64(bitPattern: Int64(hasher.finalize())), low: UInt64(bitPattern: Int64(other.finalize())))
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
