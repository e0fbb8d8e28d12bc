internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// What copies are made from. Parts of it may be older than others: a source marks what changes meanwhile, and nobody
/// but its reader changes a copy.
extension PoolReader {
    /// Blocks that are read at once: first so many, then as many as seem to fit.
    private static let pages = (first: 8, most: 64)

    func page(
        of life: QueueLife, after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp
    ) throws -> [Message] {
        guard try known(life).isReadable else { return [] }
        var messages: [Message] = []
        var taken = 0
        var after = sequence.value
        var size = Self.pages.first
        while messages.count < limit, after < .max {
            let page = try queries.blocks(of: life.value, after: after, limit: size, fields: .everything)
            for place in page.places(after: sequence.value, now: now) {
                let length = place.record.bodyLength
                guard messages.isEmpty || taken + length <= bytes, messages.count < limit else { return messages }
                messages.append(place.block.message(place.index))
                taken += length
            }
            guard !page.isLast, let last = page.blocks.last?.last else { break }
            after = last
            size = min(Self.pages.most, max(1, (bytes - taken) / (page.weight / page.blocks.count)))
        }
        return messages
    }

    func claims(of life: QueueLife, after cursor: [UInt8]?, limit: Int, now: Timestamp) throws -> ClaimPage {
        guard try known(life).isReadable else { return ClaimPage(claims: [], next: nil) }
        let found = try queries.claims(of: life.value, after: cursor, limit: max(1, limit))
        return ClaimPage(claims: try queries.moved(found.claims, of: life.value, now: now), next: found.next)
    }
}

extension QueueHeader {
    /// Whether what is left of it may be shown.
    fileprivate var isReadable: Bool { role != .retired && role != .emptied }

    /// What it is for those who look for leftovers.
    var held: HeldLife {
        let role: HeldLife.Role =
            switch role {
            case .importing, .dropping: .importing(moves.turn)
            case .moved, .leaving, .left: .moved(moves.turn)
            case .serving, .capturing, .retired, .emptied: .serving
            }
        return HeldLife(
            life: QueueLife(life), epoch: Epoch(epoch), role: role, capture: moves.capture == 0 ? nil : moves.capture,
            fence: isFenced ? moves.fence : nil)
    }
}

extension PoolQueries.Page {
    /// The messages behind this sequence that are there, in order.
    fileprivate func places(after sequence: Int64, now: Timestamp) -> [Place] {
        blocks.flatMap { block in
            block.records.indices.map { Place(block: block, index: $0) }
        }.filter { $0.record.sequence > sequence && $0.record.isVisible(at: now) }
    }
}
