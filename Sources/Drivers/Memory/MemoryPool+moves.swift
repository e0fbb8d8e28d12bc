import WeirDomain
import WeirStorage

/// What roles the pool plays in moves.
extension MemoryPool {
    /// What is there of this life, whatever the role.
    func held(_ life: QueueLife) throws(StorageError) -> MemoryQueue {
        if tombstones[life] != nil { return MemoryQueue(epoch: .first) }
        guard let queue = queues[life] else { throw .queueNotOpen }
        return queue
    }

    // MARK: The source

    mutating func beginCapture(of queue: QueueRef, for migration: Int64) throws(StorageError) -> CaptureStart {
        try serve(queue) { (queue) throws(StorageError) in
            if queue.capture.migration == migration { return .continued }
            guard queue.capture.migration ?? .min < migration else { throw .staleRoute }
            queue.capture.begin(migration)
            if queue.finalised?.migration != migration { queue.finalised = nil }
            return .began
        }
    }

    /// Works on a queue that this migration captures.
    mutating func captured<Answer>(
        _ queue: QueueRef, by migration: Int64, _ work: (inout MemoryQueue) -> Answer
    ) throws(StorageError) -> Answer {
        try serve(queue) { (queue) throws(StorageError) in
            guard queue.capture.migration == migration else { throw .staleRoute }
            return work(&queue)
        }
    }

    mutating func markMoved(
        _ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp
    ) throws(StorageError) {
        if case .moved(let last, _)? = queues[queue.life]?.role, last.migration == turn.migration { return }
        try serve(queue) { (queue) throws(StorageError) in
            guard queue.capture.fence?.migration == turn.migration else { throw .staleRoute }
            queue.capture.end()
            queue.epoch = epoch
            queue.role = .moved(turn, now)
        }
    }

    // MARK: The target

    mutating func openShadow(of queue: QueueRef, turn: MoveTurn) throws(StorageError) -> ShadowStart {
        guard tombstones[queue.life] == nil else { throw .staleRoute }
        var shadow = queues[queue.life] ?? MemoryQueue(epoch: queue.epoch, planted: planted)
        if queues[queue.life] == nil {
            shadow.becomeShadow(turn, queue.epoch)
            queues[queue.life] = shadow
            return .fresh
        }
        guard let start = shadow.shadowStart(turn, queue.epoch) else { throw .staleRoute }
        guard start != .leftover else { return .leftover }
        shadow.becomeShadow(turn, queue.epoch)
        queues[queue.life] = shadow
        return start
    }

    mutating func `import`(_ part: QueuePart, into life: QueueLife, turn: MoveTurn) throws(StorageError) {
        guard queues[life]?.isImporting(by: turn) == true else { throw .staleRoute }
        queues[life]?.take(part)
    }

    mutating func finalise(
        _ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool
    ) throws(StorageError) {
        if let held = queues[queue.life], held.isImporting(by: turn) {
            queues[queue.life]?.finalise(turn, queue.epoch, last: last, isCapturing: isCapturing)
        } else {
            try serve(queue) { (queue) throws(StorageError) in
                guard queue.finalised == turn else { throw .staleRoute }
            }
        }
    }

    mutating func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) throws(StorageError) -> Bool {
        guard let held = queues[life] else { return false }
        guard held.mayBeCleared(by: turn) else { throw .staleRoute }
        queues[life]?.clear(turn, limit: limit)
        guard let left = queues[life], left.messages.isEmpty, left.claims.isEmpty else { return true }
        if left.hasMoved { queues[life]?.isCleared = true } else { queues[life] = nil }
        return false
    }

    // MARK: Inspection

    func lives(after life: QueueLife, limit: Int) -> [HeldLife] {
        let held = queues.filter { $0.key > life && !$0.value.isCleared }.sorted { $0.key < $1.key }
        return held.prefix(limit).map { life, queue in
            HeldLife(
                life: life, epoch: queue.epoch, role: queue.heldRole, capture: queue.capture.migration,
                fence: queue.capture.fence)
        }
    }
}

extension MemoryQueue {
    fileprivate var heldRole: HeldLife.Role {
        switch role {
        case .serving: .serving
        case .importing(let turn): .importing(turn)
        case .moved(let turn, _): .moved(turn)
        }
    }
}
