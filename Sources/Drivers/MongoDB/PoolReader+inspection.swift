internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

extension PoolReader {
    /// Blocks that one step looks at.
    private static let blocksPerStep = 128

    /// An inspection of the queue as it is now; nil if there is nothing to look at.
    func beginInspection(of life: QueueLife) throws -> Inspection? {
        guard remembers else { throw StorageError.standalone }
        let reply = try connection.run { command in
            command.string("find", Schema.queues)
            command.document("filter") { $0.int64("_id", life.value) }
            command.document("readConcern") { $0.string("level", "snapshot") }
        }
        guard let cursor = reply.document("cursor"), case .timestamp(let moment)? = cursor["atClusterTime"],
            let header = cursor.documents("firstBatch").first.map(QueueHeader.init), header.hasData
        else { return nil }
        return Inspection(header, at: moment)
    }

    /// The next step of an inspection.
    func inspect(
        _ header: QueueHeader, at moment: UInt64, after last: Int64, now: Timestamp
    ) throws -> Inspection.Step {
        var queries = queries
        queries.moment = moment
        let page = try queries.blocks(of: header.life, after: last, limit: Self.blocksPerStep, fields: .records)
        var step = Inspection.Step()
        for block in page.blocks { step.look(at: block) }
        // The claims of a copy may come after their messages.
        if header.role != .importing {
            let claims = try queries.claims(page.blocks.holders(at: now), of: header.life)
            for block in page.blocks { step.look(at: block, claims, now: now) }
        }
        step.next = page.isLast ? nil : page.blocks.last?.last
        return step
    }
}

extension Sequence<Block> {
    /// Live claims that hold something of these blocks.
    func holders(at now: Timestamp) -> [ClaimID] {
        Array(Set(flatMap { block in block.records.compactMap { $0.holder(at: now) } }))
    }
}

extension MessageRecord {
    /// The claim that holds it; nil if it is free, or cannot be seen.
    func holder(at now: Timestamp) -> ClaimID? {
        state == .claimed && isClaimed(at: now) && isVisible(at: now) ? claim : nil
    }
}

extension Inspection.Step {
    fileprivate mutating func look(at block: Block) {
        let summary = block.summary
        blocks += 1
        messages += block.records.count { $0.state != .gone }
        claimed += block.records.count { $0.state == .claimed }
        wake = min(wake, summary.wake ?? .max)
        lastSequence = max(lastSequence, block.records.last?.sequence ?? 0)
        if block.stored != summary { misindexed.insert(block.last) }
    }

    fileprivate mutating func look(at block: Block, _ claims: [ClaimID: ClaimRecord], now: Timestamp) {
        for holder in block.records.compactMap({ $0.holder(at: now) }) {
            guard let claim = claims[holder] else {
                orphans += 1
                withOrphans.insert(block.last)
                continue
            }
            if !claim.blocks.contains(block.last) { unlisted.insert(block.last) }
        }
    }
}
