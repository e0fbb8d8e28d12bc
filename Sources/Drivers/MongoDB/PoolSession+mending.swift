internal import MongoEngine
internal import WeirDomain

/// Mending what an inspection found. Everything is looked at again: it may have changed since.
extension PoolSession {
    /// Mends what is wrong about these blocks.
    func mend(_ lasts: [Int64], of life: Int64, now: Timestamp) throws(MongoFailure) {
        guard let queue = queue(life), let header = queue.header, header.hasData else { return }
        try store([queue].filter(\.isChanged))
        // What is remembered is what should be stored, not what is.
        queue.forgetRecords()
        let blocks = try queries.blocks(of: life, ending: lasts, fields: .records).map(queue.remember)
        for block in blocks where block.stored != block.summary {
            queue.touch(block)
            queue.isChanged = true
        }
        guard header.role != .importing else { return }
        for (id, claim) in try queries.claims(blocks.holders(at: now), of: life) { queue.claims[id] = .some(claim) }
        for block in blocks { mendClaims(of: block, in: queue, now: now) }
    }

    private func mendClaims(of block: Block, in queue: LoadedQueue, now: Timestamp) {
        for index in block.records.indices {
            guard let holder = block.records[index].holder(at: now) else { continue }
            guard var claim = queue.claims[holder] ?? nil else {
                queue.free(Place(block: block, index: index))
                continue
            }
            guard !claim.blocks.contains(block.last) else { continue }
            claim.blocks.append(block.last)
            queue.change(holder, to: claim)
        }
    }

    /// Mends the header, and says whether it did: not if somebody has mended it since, who went by the same.
    func mendHeader(_ found: Inspection) throws(MongoFailure) -> Bool {
        guard let queue = queue(found.header.life) else { return false }
        try store([queue].filter(\.isChanged))
        // Nor is a header that is remembered what is to be mended.
        guard var header = try queries.headers([queue.life])[queue.life], header.hasData,
            header.moves.mendings == found.header.moves.mendings
        else { return false }
        queue.storedHeader = header
        header.messages += found.messages - found.header.messages
        header.claimed += found.claimed - found.header.claimed
        header.nextSequence = max(header.nextSequence, try lastSequence(in: queue) + 1)
        if header.isServing { header.wake = min(header.wake, try nextWake(of: queue)) }
        header.moves.mendings += 1
        queue.change(header)
        return true
    }

    /// No message has a sequence above that.
    private func lastSequence(in queue: LoadedQueue) throws(MongoFailure) -> Int64 {
        try queries.find(Schema.blocks, limit: 1, fields: .keys, descending: true) { filter in
            filter.document("_id") { key in
                key.binary("$gte", Keys.block(queue.life, .min))
                key.binary("$lte", Keys.block(queue.life, .max))
            }
        }.first?.binary("_id").flatMap(Keys.last) ?? 0
    }
}
