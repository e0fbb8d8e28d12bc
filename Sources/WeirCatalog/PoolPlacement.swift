internal import Glibc
package import WeirDomain

/// Which pool takes a new queue: weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after
/// Schindelhauer and Schomaker 2005).
///
/// The same queue and the same pools give the same answer on every node. Pools get queues in proportion to
/// their weights, and a pool that comes or goes changes the answer only for queues that it gains or loses. The load
/// of each pool is bounded (Mirrokni, Thorup, Zadimoghaddam 2018): one that holds more than a tenth above its share,
/// as when others have joined, is passed over.
package enum PoolPlacement {
    /// Queues that a pool may hold beyond its share before the bound applies: few queues say nothing.
    private static let slack = 64.0

    /// The pool for `queue` among these; nil if none has a weight above 0.
    /// - Parameter held: how many queues each pool holds, by name.
    package static func choose(
        for queue: QueueKey, among pools: [Pool], holding held: [String: Int] = [:]
    ) -> Pool? {
        let open = pools.filter(\.takesQueues)
        let weight = open.reduce(0.0) { $0 + Double($1.weight) }
        let queues = open.reduce(1.0) { $0 + Double(held[$1.name] ?? 0) }
        let ranked = open.map { (pool: $0, score: score(queue, $0)) }.sorted { $0.score > $1.score }
        let roomy = ranked.first { each in
            let share = queues * Double(each.pool.weight) / weight
            return Double(held[each.pool.name] ?? 0) < share * 1.1 + slack
        }
        return (roomy ?? ranked.first)?.pool
    }

    /// `-weight / ln(u)`, u being a number between 0 and 1 that the names determine.
    private static func score(_ queue: QueueKey, _ pool: Pool) -> Double {
        let hash = StableHash.of([queue.project.value, queue.name.value, pool.name])
        let unit = (Double(hash >> 11) + 0.5) / Double(1 << 53)
        return -Double(pool.weight) / log(unit)
    }
}

extension Pool {
    /// Whether its operator wants new queues in it.
    var takesQueues: Bool { weight > 0 && state == .open }
}

/// A hash that is the same in every process and for ever: FNV-1a, finished by SplitMix64.
enum StableHash {
    static func of(_ parts: [String]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x100_0000_01B3
        }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        return hash ^ (hash >> 31)
    }
}
