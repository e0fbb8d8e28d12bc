internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

extension PoolSession {
    /// Blocks of which one part reads the bodies, though it may want one of each only.
    private static let blocksPerPart = 128

    /// The oldest marks with what is marked. Both are read in one transaction, and so agree.
    func changes(
        of ref: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) throws -> QueueChanges {
        let queue = try served(ref)
        guard migration > 0, queue.header?.moves.capture == migration else { throw StorageError.staleRoute }
        try store([queue].filter(\.isChanged))
        guard let moves = queue.header?.moves else { throw StorageError.staleRoute }
        let marks = try queries.marks(of: queue.life, after: moves.voidThrough, limit: max(1, limit))
        let (part, count) = try part(marks, of: queue.life, bytes: bytes, now: now)
        let left = moves.marks - moves.voidMarks - count
        let covered = left > 0 ? marks.prefix(count).last?.number ?? moves.voidThrough : moves.lastMark
        return QueueChanges(part: part, mark: covered, left: left)
    }

    /// What the first marks stand for, and how many of them: no more than about `bytes` of bodies, but one at least.
    private func part(
        _ marks: [Mark], of life: Int64, bytes: Int, now: Timestamp
    ) throws(MongoFailure) -> (QueuePart, Int) {
        let blocks = try blocks(of: marks, in: life, fields: .records)
        var part = QueuePart()
        var live: [Mark] = []
        var claims: [ClaimID] = []
        var room = bytes
        var used: Set<Int64> = []
        var count = 0
        for mark in marks {
            switch mark.subject {
            case .claim(let claim): claims.append(claim)
            case .message(let sequence):
                guard let place = mark.place(in: blocks), place.record.isVisible(at: now) else {
                    part.goneMessages.append(MessageSequence(sequence))
                    break
                }
                room -= place.record.bodyLength
                used.insert(place.block.last)
                let fits = room >= 0 && used.count <= Self.blocksPerPart
                guard fits || count == 0 else { return (try fill(part, live, claims, life, now: now), count) }
                live.append(mark)
            }
            count += 1
        }
        return (try fill(part, live, claims, life, now: now), count)
    }

    private func fill(
        _ part: QueuePart, _ live: [Mark], _ claims: [ClaimID], _ life: Int64, now: Timestamp
    ) throws(MongoFailure) -> QueuePart {
        var part = part
        let blocks = try blocks(of: live, in: life, fields: .everything)
        part.messages = live.compactMap { mark in mark.place(in: blocks).map { $0.block.message($0.index) } }
        part.messages.sort { $0.sequence < $1.sequence }
        part.goneMessages.sort()
        part.claims = try queries.moved(try queries.claims(claims, of: life), of: life, now: now)
        let there = Set(part.claims.map(\.id))
        part.goneClaims = claims.filter { !there.contains($0) }
        return part
    }

    private func blocks(
        of marks: [Mark], in life: Int64, fields: PoolQueries.Fields
    ) throws(MongoFailure) -> [Int64: Block] {
        let lasts = Set(marks.compactMap(\.block)).sorted()
        let found = try queries.blocks(of: life, ending: lasts, fields: fields)
        return Dictionary(found.map { ($0.last, $0) }) { first, _ in first }
    }
}

extension Mark {
    /// Where its message is, if it is still there.
    fileprivate func place(in blocks: [Int64: Block]) -> Place? {
        guard case .message(let sequence) = subject, let block, let found = blocks[block] else { return nil }
        return found.index(of: sequence).map { Place(block: found, index: $0) }
    }
}
