internal import Glibc
package import WeirDomain

/// Which pool takes a new queue: weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after
/// Schindelhauer and Schomaker 2005).
///
/// The same queue and the same pools give the same answer on every node. Pools get queues in proportion to
/// their weights, and a pool that comes or goes changes the answer only for queues that it gains or loses.
package enum PoolPlacement {
    /// The pool for `queue` among these; nil if none has a weight above 0.
    package static func choose(for queue: QueueKey, among pools: [Pool]) -> Pool? {
        let open = pools.filter { $0.weight > 0 && $0.state == .open }
        return open.max { score(queue, $0) < score(queue, $1) }
    }

    /// `-weight / ln(u)`, u being a number between 0 and 1 that the names determine.
    private static func score(_ queue: QueueKey, _ pool: Pool) -> Double {
        let hash = StableHash.of([queue.project.value, queue.name.value, pool.name])
        let unit = (Double(hash >> 11) + 0.5) / Double(1 << 53)
        return -Double(pool.weight) / log(unit)
    }
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
