import WeirDomain
import WeirStorage

/// All that a memory pool holds: a plain state machine that knows nothing of tasks or locks.
struct MemoryPool {
    /// The rule that it breaks, if any.
    let planted: PlantedFault?
    var queues: [QueueLife: MemoryQueue] = [:]
    /// When each ended life was retired.
    private(set) var tombstones: [QueueLife: Timestamp] = [:]

    init(planted: PlantedFault?) {
        self.planted = planted
    }

    mutating func open(_ queue: QueueRef, now: Timestamp) throws(StorageError) {
        if tombstones[queue.life] == nil, queues[queue.life] == nil {
            queues[queue.life] = MemoryQueue(epoch: queue.epoch, planted: planted)
        }
        try use(queue, at: now) { _ in }
    }

    mutating func retire(_ queue: QueueRef, now: Timestamp) throws(StorageError) {
        guard tombstones[queue.life] == nil else { return }
        if let held = queues[queue.life], held.role == .serving, queue.epoch < held.epoch { throw .staleRoute }
        queues[queue.life] = nil
        tombstones[queue.life] = now
    }

    /// Works for a client on the queue that `ref` means, if the pool serves it under that epoch and it is not fenced.
    mutating func use<Answer>(
        _ ref: QueueRef, at now: Timestamp?, _ work: (inout MemoryQueue) -> Answer
    ) throws(StorageError) -> Answer {
        try serve(ref) { (queue) throws(StorageError) in
            guard !queue.capture.isFenced(at: now) else { throw .fenced }
            return work(&queue)
        }
    }

    /// Works on the queue that `ref` means, if the pool serves it under that epoch, fenced or not.
    mutating func serve<Answer>(
        _ ref: QueueRef, _ work: (inout MemoryQueue) throws(StorageError) -> Answer
    ) throws(StorageError) -> Answer {
        guard tombstones[ref.life] == nil else { throw .staleRoute }
        guard let index = queues.index(forKey: ref.life) else { throw .queueNotOpen }
        guard queues.values[index].role == .serving, queues.values[index].epoch == ref.epoch else {
            throw .staleRoute
        }
        return try work(&queues.values[index])
    }

    /// Removes at most `limit` records; true if that was the limit and there may be more.
    mutating func collect(_ limit: Int, now: Timestamp) -> Bool {
        var budget = max(0, limit)
        for life in queues.keys where budget > 0 {
            budget -= queues[life]?.collect(budget, now: now) ?? 0
        }
        let retired = tombstones.filter { isOld($0.value, now) }.keys
        let moved = queues.filter { isOld($0.value.cleared, now) }.keys
        for life in (Array(retired) + moved).prefix(budget) {
            tombstones[life] = nil
            queues[life] = nil
            budget -= 1
        }
        return budget == 0
    }

    private func isOld(_ end: Timestamp?, _ now: Timestamp) -> Bool {
        end.map { $0.adding(seconds: Limits.tombstoneSeconds) < now } ?? false
    }
}

extension MemoryQueue {
    /// When it moved, if nothing is left of it.
    fileprivate var cleared: Timestamp? {
        guard case .moved(_, let end) = role, isCleared else { return nil }
        return end
    }

    /// Removes at most `limit` expired messages and ended claims, and says how many those were.
    fileprivate mutating func collect(_ limit: Int, now: Timestamp) -> Int {
        let expired = places(limit) { !$0.isVisible(at: now) }
        remove(expired)
        let ended = claims.filter { $0.value.until <= now }.keys.prefix(limit - expired.count)
        for claim in ended { claims[claim] = nil }
        return expired.count + ended.count
    }
}
