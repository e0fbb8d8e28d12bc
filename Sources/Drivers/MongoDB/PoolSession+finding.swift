internal import MongoEngine
internal import WeirDomain

/// A message where it stands.
struct Place {
    let block: Block
    let index: Int

    var record: MessageRecord { block.records[index] }
}

extension PoolSession {
    /// The message with this id, if it has not expired.
    func find(_ id: MessageID, in queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> Place? {
        if let place = try place(of: id.sequence.value, in: queue), place.record.id == id,
            place.record.isVisible(at: now)
        {
            return place
        }
        guard queue.header?.hasKept == true else { return nil }
        return try keptMessage(id, in: queue, now: now)
    }

    private func place(of sequence: Int64, in queue: LoadedQueue) throws(MongoFailure) -> Place? {
        guard let header = queue.header, (1..<header.nextSequence).contains(sequence) else { return nil }
        guard let block = try block(with: sequence, in: queue) else { return nil }
        return block.index(of: sequence).map { Place(block: block, index: $0) }
    }

    private func block(with sequence: Int64, in queue: LoadedQueue) throws(MongoFailure) -> Block? {
        if let known = queue.block(with: sequence) { return known }
        guard let found = try queries.block(of: queue.life, with: sequence, fields: .records),
            !queue.removed.contains(found.last)
        else { return nil }
        return queue.remember(found)
    }

    /// Expired messages may bear the same id, until they are collected.
    private func keptMessage(_ id: MessageID, in queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> Place? {
        for block in queue.inOrder {
            if let place = keptMessage(id, in: block, now: now) { return place }
        }
        for block in try queries.blocks(of: queue.life, keeping: id, fields: .records) {
            guard !queue.removed.contains(block.last) else { continue }
            if let place = keptMessage(id, in: queue.remember(block), now: now) { return place }
        }
        return nil
    }

    private func keptMessage(_ id: MessageID, in block: Block, now: Timestamp) -> Place? {
        block.records.firstIndex { $0.isKept && $0.id == id && $0.isVisible(at: now) }
            .map { Place(block: block, index: $0) }
    }

    /// Makes sure that the messages of these blocks can be shown.
    func loadBodies(of blocks: [Block], in queue: LoadedQueue) throws(MongoFailure) {
        let lacking = blocks.filter { $0.bodies == nil }
        guard !lacking.isEmpty else { return }
        for block in try queries.blocks(of: queue.life, ending: lacking.map(\.last), fields: .everything) {
            _ = queue.remember(block)
        }
    }
}
