internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

extension PoolSession {
    /// Makes the copy agree with this part. Messages behind all that came before go into new blocks; others into the
    /// block that has their place, or between two blocks.
    func importPart(_ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp) throws {
        guard let queue = queue(life.value), let header = queue.header, header.role == .importing,
            header.moves.turn == turn
        else { throw StorageError.staleRoute }
        guard !part.isEmpty else { return }
        // What is looked up from here on is looked up on the server.
        try store([queue].filter(\.isChanged))
        try remove(part.goneMessages, from: queue)
        try store([queue].filter(\.isChanged))
        let touched = try put(part.messages, into: queue, now: now)
        try store([queue].filter(\.isChanged))
        try put(part.claims, without: part.goneClaims, into: queue)
        try note(touched, in: queue)
    }

    // MARK: Messages

    private func remove(_ gone: [MessageSequence], from queue: LoadedQueue) throws(MongoFailure) {
        let sequences = gone.map(\.value).sorted()
        let places = try queries.candidates(sequences, of: queue.life)
        try read(Set(places.values), of: queue, fields: .records)
        for sequence in sequences {
            guard let block = queue.block(with: sequence), let index = block.index(of: sequence) else { continue }
            guard block.records[index].state != .gone else { continue }
            queue.remove(index, of: block)
        }
    }

    /// Returns the blocks in which messages are now that came or changed their place.
    private func put(_ messages: [Message], into queue: LoadedQueue, now: Timestamp) throws(MongoFailure) -> [Block] {
        let messages = messages.sorted { $0.sequence < $1.sequence }
        let next = queue.header?.nextSequence ?? 1
        let places = try queries.candidates(messages.map(\.sequence.value).filter { $0 < next }, of: queue.life)
        try read(Set(places.values), of: queue, fields: .everything)
        var touched: [Block] = []
        for message in messages {
            let block = block(for: message, behind: touched.last, places, in: queue)
            queue.put(message, in: block, now: now)
            if block !== touched.last { touched.append(block) }
        }
        let pieces = split(touched, of: queue)
        for block in touched + pieces { _ = queue.remember(block) }
        return touched + pieces
    }

    /// - Parameter places: The stored blocks that alone can hold a message, or come next behind it.
    private func block(
        for message: Message, behind previous: Block?, _ places: [Int64: Int64], in queue: LoadedQueue
    ) -> Block {
        let sequence = message.sequence.value
        if let previous, previous.first <= sequence, sequence <= previous.last { return previous }
        if let block = queue.block(with: sequence) { return block }
        // A new block must not reach over a stored one.
        if let previous, previous.hasRoom(for: message.body.bytes.count, at: sequence),
            places[previous.first] == places[sequence]
        {
            return previous
        }
        return Block(life: queue.life, first: sequence)
    }

    /// Splits what has become too big, and returns the new blocks.
    private func split(_ blocks: [Block], of queue: LoadedQueue) -> [Block] {
        var pieces: [Block] = []
        for block in blocks where block.isRewritten && !block.isNew {
            block.compact()
            while let piece = block.splitFirst() { pieces.append(piece) }
        }
        return pieces
    }

    private func read(_ lasts: Set<Int64>, of queue: LoadedQueue, fields: PoolQueries.Fields) throws(MongoFailure) {
        let unknown = lasts.filter { last in
            guard let block = queue.blocks[last] else { return true }
            return block.bodies == nil && fields == .everything
        }
        for block in try queries.blocks(of: queue.life, ending: unknown.sorted(), fields: fields) {
            _ = queue.remember(block)
        }
    }

    // MARK: Claims

    private func put(
        _ claims: [MovedClaim], without gone: [ClaimID], into queue: LoadedQueue
    ) throws(MongoFailure) {
        for id in gone { queue.change(id, to: nil) }
        let sequences = Set(claims.flatMap(\.messages).map(\.value)).sorted()
        let places = try queries.candidates(sequences, of: queue.life)
        for claim in claims {
            let blocks = Set(claim.messages.compactMap { places[$0.value] })
            queue.change(claim.id, to: ClaimRecord(claim, blocks: blocks.sorted()))
        }
    }

    /// Claims that are here learn which of these blocks have messages of theirs. Those that come later look for them.
    private func note(_ blocks: [Block], in queue: LoadedQueue) throws(MongoFailure) {
        var holders: [ClaimID: Set<Int64>] = [:]
        for block in blocks {
            for record in block.records where record.state == .claimed {
                if let claim = record.claim { holders[claim, default: []].insert(block.last) }
            }
        }
        let unknown = holders.keys.filter { queue.claims[$0] == nil }
        for (id, claim) in try queries.claims(unknown, of: queue.life) { queue.claims[id] = .some(claim) }
        for (id, blocks) in holders {
            guard var claim = queue.claims[id] ?? nil else { continue }
            let missing = blocks.subtracting(claim.blocks)
            guard !missing.isEmpty else { continue }
            claim.blocks += missing.sorted()
            queue.change(id, to: claim)
        }
    }
}

extension LoadedQueue {
    fileprivate func put(_ message: Message, in block: Block, now: Timestamp) {
        let old = block.put(message, now: now)
        let isClaimed = block.index(of: message.sequence.value).map { block.records[$0].state == .claimed } ?? false
        let wasThere = old.map { $0.state != .gone } ?? false
        let wasClaimed = old?.state == .claimed
        count(messages: wasThere ? 0 : 1, claimed: (isClaimed ? 1 : 0) - (wasClaimed ? 1 : 0))
        let next = message.sequence.value + 1
        if let header, header.nextSequence < next { self.header?.nextSequence = next }
        if message.id.sequence != message.sequence { header?.hasKept = true }
    }
}
