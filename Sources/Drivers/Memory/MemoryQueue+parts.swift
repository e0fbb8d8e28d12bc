import WeirDomain
import WeirStorage

/// The queue as the source of a move sees it.
extension MemoryQueue {
    func page(after sequence: MessageSequence, limit: Int, bytes: Int, now: Timestamp) -> [Message] {
        var page: [Message] = []
        var size = 0
        for message in messages where message.sequence > sequence && message.isVisible(at: now) {
            size += message.body.bytes.count
            guard page.count < limit, page.isEmpty || size <= bytes else { break }
            page.append(message)
        }
        return page
    }

    /// Claims in the order of their ids: the cursor is the text of the last one.
    func claims(after cursor: [UInt8]?, limit: Int, now: Timestamp) -> ClaimPage {
        let live = claims.keys.filter { isLive($0, at: now) }.sorted { $0.text < $1.text }
        let rest = live.filter { id in cursor.map { id.text > String(decoding: $0, as: UTF8.self) } ?? true }
        let shown = rest.prefix(limit)
        return ClaimPage(
            claims: shown.compactMap(movedClaim),
            next: shown.count < rest.count ? shown.last.map { Array($0.text.utf8) } : nil)
    }

    private func movedClaim(_ id: ClaimID) -> MovedClaim? {
        guard let claim = claims[id] else { return nil }
        return MovedClaim(
            id: id, ttl: claim.ttl, renewed: claim.renewed, until: claim.until,
            messages: messages.filter { $0.claim == id }.map(\.sequence))
    }

    mutating func changes(limit: Int, bytes: Int, now: Timestamp) -> QueueChanges {
        var part = QueuePart()
        var last: Int64?
        var size = 0
        let marks = capture.marks.sorted { $0.value < $1.value }
        for (change, mark) in marks.prefix(limit) {
            let message = message(change, now)
            size += message?.body.bytes.count ?? 0
            guard part.isEmpty || size <= bytes else { break }
            last = mark
            add(change, message, to: &part, now)
        }
        part.messages.sort { $0.sequence < $1.sequence }
        if capture.planted == .marksClearedWhenRead { capture.clear(through: last ?? 0) }
        return QueueChanges(part: part, mark: last ?? capture.lastMark, left: marks.count - part.count)
    }

    private func message(_ change: MemoryChange, _ now: Timestamp) -> Message? {
        guard case .message(let sequence) = change else { return nil }
        let place = place(of: sequence)
        guard place < messages.count, messages[place].sequence == sequence else { return nil }
        return messages[place].isVisible(at: now) ? messages[place] : nil
    }

    private func add(_ change: MemoryChange, _ message: Message?, to part: inout QueuePart, _ now: Timestamp) {
        switch change {
        case .message(let sequence):
            if let message { part.messages.append(message) } else { part.goneMessages.append(sequence) }
        case .claim(let id):
            if isLive(id, at: now), let claim = movedClaim(id) {
                part.claims.append(claim)
            } else {
                part.goneClaims.append(id)
            }
        }
    }

    func census(now: Timestamp) -> QueueCensus {
        QueueCensus(last: last, stats: stats(now: now))
    }
}
