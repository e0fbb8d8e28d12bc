internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// A queue as the target of a move.
extension PoolSession {
    /// Void marks that go along with another step.
    private static let marksPerStep = 1000
    private static let blocksPerPage = 64

    func openShadow(of ref: QueueRef, turn: MoveTurn, now: Timestamp) throws -> ShadowStart {
        try demandTransactions()
        guard let queue = queue(ref.life.value) else { throw StorageError.unavailable("the queue was not read") }
        let start = try start(of: queue.header, ref, turn)
        guard start != .leftover else { return start }
        var header = queue.header ?? QueueHeader(ref)
        header.stop(as: .importing)
        header.epoch = ref.epoch.value
        header.moves.turn = turn
        queue.change(header)
        try removeVoidMarks(of: queue)
        return start
    }

    /// What there is to begin with.
    private func start(of header: QueueHeader?, _ ref: QueueRef, _ turn: MoveTurn) throws -> ShadowStart {
        guard let header else { return .fresh }
        let last = header.moves.turn
        let isSame = last.migration == turn.migration
        let isLater = header.epoch < ref.epoch.value
        let isEarlier = last.migration < turn.migration
        switch header.role {
        case .importing where isSame && last <= turn: return .continued
        // Finalised, and nobody was sent here.
        case .serving where isSame && last < turn && header.epoch == ref.epoch.value: return .continued
        case .capturing where isSame && last < turn && header.epoch == ref.epoch.value: return .continued
        case .moved where isSame && last <= turn && isLater: return .continued
        case .left where isLater: return .fresh
        case .importing where isEarlier, .moved where isEarlier, .leaving where isSame || isEarlier: return .leftover
        case .dropping where last <= turn: return .leftover
        default: throw StorageError.staleRoute
        }
    }

    func finalise(_ ref: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool) throws {
        guard let queue = queue(ref.life.value), var header = queue.header, header.moves.turn == turn,
            header.epoch == ref.epoch.value
        else { throw StorageError.staleRoute }
        if header.isServing { return }
        guard header.role == .importing else { throw StorageError.staleRoute }
        header.role = .serving
        header.nextSequence = max(header.nextSequence, last.value + 1)
        header.wake = try nextWake(of: queue)
        if isCapturing { header.beginCapture(for: turn.migration) }
        queue.change(header)
        try removeVoidMarks(of: queue)
    }

    /// Marks of captures that are over, if there are any: mostly none.
    private func removeVoidMarks(of queue: LoadedQueue) throws(MongoFailure) {
        guard let moves = queue.header?.moves, moves.voidMarks > 0 else { return }
        _ = try removeMarks(of: queue, through: moves.voidThrough, limit: Self.marksPerStep)
    }

    // MARK: Removing

    /// Removes at most `limit` records of what is not served, and says whether there may be more.
    func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) throws -> Bool {
        guard let queue = queue(life.value), var header = queue.header else { return false }
        guard ![.retired, .emptied, .left].contains(header.role) else { return false }
        guard header.mayBeCleared(by: turn) else { throw StorageError.staleRoute }
        header.stop(as: header.hasMoved ? .leaving : .dropping)
        queue.change(header)
        try store([queue])
        let limit = max(1, limit)
        let messages = try removeMessages(of: queue, limit: limit)
        guard messages < limit else { return true }
        let others = try removeClaimsAndMarks(of: queue, limit: limit - messages)
        guard messages + others < limit else { return true }
        queue.header = header.hasMoved ? queue.header?.afterLeaving : nil
        try store([queue])
        return false
    }

    /// Removes at most `limit` messages, and says how many: fewer if none are left.
    private func removeMessages(of queue: LoadedQueue, limit: Int) throws(MongoFailure) -> Int {
        var removed = 0
        var after = Int64.min
        while removed < limit {
            let page = try queries.blocks(of: queue.life, after: after, limit: Self.blocksPerPage, fields: .records)
            for block in page.blocks.map(queue.remember) {
                for index in block.records.indices where removed < limit && block.records[index].state != .gone {
                    queue.remove(index, of: block)
                    removed += 1
                }
            }
            guard !page.isLast, let last = page.blocks.last?.last else { break }
            after = last
        }
        queue.isChanged = true
        return removed
    }
}

extension QueueHeader {
    /// Whether what is here was served until the queue moved away.
    fileprivate var hasMoved: Bool { role == .moved || role == .leaving }

    fileprivate func mayBeCleared(by turn: MoveTurn) -> Bool {
        switch role {
        case .importing, .dropping: moves.turn <= turn
        case .moved, .leaving: moves.turn.migration <= turn.migration
        case .serving, .capturing, .retired, .emptied, .left: false
        }
    }

    fileprivate var afterLeaving: QueueHeader {
        var header = self
        header.role = .left
        header.hasKept = false
        return header
    }
}
