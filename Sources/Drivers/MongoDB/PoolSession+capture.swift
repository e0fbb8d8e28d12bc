internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// A queue as the source of a move. Whatever these steps decide, they decide by the header, which every other step on
/// the queue writes: what does not see a capture or a fence conflicts with it.
extension PoolSession {
    /// Refuses what takes more than one document to be right.
    func demandTransactions() throws {
        guard !remembers else { return }
        throw StorageError.standalone
    }

    private func captured(_ ref: QueueRef, for migration: Int64) throws -> (queue: LoadedQueue, header: QueueHeader) {
        let queue = try served(ref)
        guard let header = queue.header, migration > 0, header.moves.capture == migration else {
            throw StorageError.staleRoute
        }
        return (queue, header)
    }

    // MARK: Capture

    func beginCapture(of ref: QueueRef, for migration: Int64) throws -> CaptureStart {
        try demandTransactions()
        let queue = try served(ref)
        guard var header = queue.header, header.moves.capture <= migration else { throw StorageError.staleRoute }
        if header.moves.capture == migration { return .continued }
        header.beginCapture(for: migration)
        // Whoever brought the queue here has no say any more.
        if header.moves.turn.migration != migration { header.moves.turn = MoveTurn(0) }
        queue.change(header)
        return .began
    }

    func endCapture(of ref: QueueRef, for migration: Int64, limit: Int) throws -> Bool {
        guard let queue = queue(ref.life.value), var header = queue.header, header.isServing,
            header.epoch == ref.epoch.value
        else { return false }
        if header.moves.capture == migration {
            header.endCapture()
            queue.change(header)
        }
        guard header.moves.capture == 0, header.moves.marks > 0 else { return false }
        let limit = max(1, limit)
        return try removeMarks(of: queue, through: .max, limit: limit) == limit
    }

    /// Removes at most `limit` marks up to this one, and says whether there may be more.
    func clearChanges(of ref: QueueRef, for migration: Int64, through mark: Int64, limit: Int) throws -> Bool {
        let queue = try captured(ref, for: migration).queue
        return try removeMarks(of: queue, through: mark, limit: limit) == limit
    }

    /// Removes the oldest marks up to this one, at most `limit`, and says how many.
    func removeMarks(of queue: LoadedQueue, through mark: Int64, limit: Int) throws(MongoFailure) -> Int {
        try store([queue].filter { !$0.marked.isEmpty })
        guard let moves = queue.header?.moves, moves.marks > 0 else { return 0 }
        let found = try queries.marks(of: queue.life, through: mark, limit: limit)
        guard !found.isEmpty else { return 0 }
        try delete(Schema.marks, found.map(\.key))
        queue.header?.moves.marks -= found.count
        queue.header?.moves.voidMarks -= found.count { $0.number <= moves.voidThrough }
        queue.isChanged = true
        return found.count
    }

    // MARK: Fence

    func fence(_ ref: QueueRef, turn: MoveTurn) throws {
        var (queue, header) = try captured(ref, for: turn.migration)
        guard turn > header.moves.unfenced else { throw StorageError.staleRoute }
        guard turn > header.moves.fence else { return }
        header.moves.fence = turn
        queue.change(header)
    }

    func unfence(_ ref: QueueRef, through turn: MoveTurn) throws {
        let queue = try served(ref)
        guard var header = queue.header else { return }
        header.moves.unfenced = max(header.moves.unfenced, turn)
        if header.moves.fence <= turn { header.moves.fence = MoveTurn(0) }
        guard header.moves != queue.header?.moves else { return }
        queue.change(header)
    }

    func markMoved(_ ref: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp) throws {
        guard let queue = queue(ref.life.value), var header = queue.header else { throw StorageError.queueNotOpen }
        if [.moved, .leaving, .left].contains(header.role), header.moves.turn.migration == turn.migration { return }
        _ = try captured(ref, for: turn.migration)
        guard header.isFenced else { throw StorageError.staleRoute }
        header.stop(as: .moved)
        header.epoch = epoch.value
        header.moves.turn = turn
        header.retiredAt = now.milliseconds
        queue.change(header)
    }

    // MARK: Counting

    /// Nil if it has to be asked for again: there is more to be given back than one batch may do.
    func census(of life: QueueLife, now: Timestamp) throws -> QueueCensus? {
        guard let queue = queue(life.value), let header = queue.header else { throw StorageError.queueNotOpen }
        let last = MessageSequence(header.nextSequence - 1)
        guard header.hasData else { return QueueCensus(last: last, stats: .empty) }
        let isSettled = header.isServing ? try settle(queue, now: now) : try giveBack(queue, now: now)
        guard isSettled else { return nil }
        return QueueCensus(last: last, stats: try stats(of: queue, now: now))
    }
}

extension LoadedQueue {
    /// Marks that are not stored yet go with the capture that they were made for.
    func change(_ header: QueueHeader) {
        if header.moves.capture != self.header?.moves.capture { marked = [] }
        self.header = header
        isChanged = true
    }
}

extension StorageError {
    /// What a server without transactions and snapshots answers to movers and inspectors.
    static let standalone = StorageError.refused(
        "queues of a standalone mongod cannot move, for want of transactions: start it as a replica set with "
            + "--replSet, and run rs.initiate()")
}
