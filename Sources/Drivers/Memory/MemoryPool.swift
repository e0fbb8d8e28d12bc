import WeirDomain
import WeirStorage

/// All that a memory pool holds: a plain state machine that knows nothing of tasks or locks.
struct MemoryPool {
    private var queues: [QueueLife: MemoryQueue] = [:]
    /// When each ended life was retired.
    private var tombstones: [QueueLife: Timestamp] = [:]

    mutating func open(_ queue: QueueRef) throws(StorageError) {
        guard tombstones[queue.life] == nil else { throw .staleRoute }
        guard let held = queues[queue.life] else {
            queues[queue.life] = MemoryQueue(epoch: queue.epoch)
            return
        }
        guard held.epoch == queue.epoch else { throw .staleRoute }
    }

    mutating func retire(_ queue: QueueRef, now: Timestamp) throws(StorageError) {
        guard tombstones[queue.life] == nil else { return }
        if let held = queues[queue.life], queue.epoch < held.epoch { throw .staleRoute }
        queues[queue.life] = nil
        tombstones[queue.life] = now
    }

    /// Works on the queue that `ref` means, if the pool serves it under that epoch.
    mutating func use<Answer>(
        _ ref: QueueRef, _ work: (inout MemoryQueue) -> Answer
    ) throws(StorageError) -> Answer {
        guard tombstones[ref.life] == nil else { throw .staleRoute }
        guard let index = queues.index(forKey: ref.life) else { throw .queueNotOpen }
        guard queues.values[index].epoch == ref.epoch else { throw .staleRoute }
        return work(&queues.values[index])
    }

    /// Removes at most `limit` records; true if that was the limit and there may be more.
    mutating func collect(_ limit: Int, now: Timestamp) -> Bool {
        var budget = max(0, limit)
        for life in queues.keys where budget > 0 {
            budget -= queues[life]?.collect(budget, now: now) ?? 0
        }
        let old = tombstones.filter { $0.value.adding(seconds: Limits.tombstoneSeconds) < now }
        for life in old.keys.prefix(budget) {
            tombstones[life] = nil
            budget -= 1
        }
        return budget == 0
    }
}

extension MemoryQueue {
    /// Removes at most `limit` expired messages and ended claims, and says how many those were.
    fileprivate mutating func collect(_ limit: Int, now: Timestamp) -> Int {
        let expired = places(limit) { !$0.isVisible(at: now) }
        remove(expired)
        let ended = claims.filter { $0.value.until <= now }.keys.prefix(limit - expired.count)
        for claim in ended { claims[claim] = nil }
        return expired.count + ended.count
    }
}
