internal import WeirDomain

/// Messages that come with their sequences. The bodies of the block must be there.
extension Block {
    /// How far the sequences of a block may be apart: records say where they are in 32 bits.
    private static let maximumSpan = Int64(Int32.max)

    /// Whether a message of this sequence, behind all others, and of this size may still be added.
    func hasRoom(for bytes: Int, at sequence: Int64) -> Bool {
        hasRoom(for: bytes) && sequence - first < Self.maximumSpan
    }

    /// Puts the message in its place, instead of one that has its sequence, and returns what that one was.
    @discardableResult
    func put(_ message: Message, now: Timestamp) -> MessageRecord? {
        let sequence = message.sequence.value
        let place = index(of: sequence)
        let old = place.map { records[$0] }
        let record = MessageRecord(
            message, client: clientIndex(of: message), bodyStart: bodyStart(of: message, instead: old), now: now)
        // The ids that are in an index are stored with the whole document.
        if old?.id != record.id || old?.state == .gone { isRewritten = true }
        if let place {
            records[place] = record
        } else {
            records.insert(record, at: records.firstIndex { $0.sequence > sequence } ?? records.count)
            if sequence > last { end(at: sequence) }
        }
        isChanged = true
        return old
    }

    private func clientIndex(of message: Message) -> Int {
        let known = clients.count
        let index = index(of: message.client.value)
        if clients.count > known { isRewritten = true }
        return index
    }

    /// Where its body is: that of the old one, if it is the same, or behind all others.
    private func bodyStart(of message: Message, instead old: MessageRecord?) -> Int {
        guard let bodies else { return 0 }
        if let old, bodies[old.bodyStart..<old.bodyStart + old.bodyLength].elementsEqual(message.body.bytes) {
            return old.bodyStart
        }
        isRewritten = true
        self.bodies?.append(contentsOf: message.body.bytes)
        return bodies.count
    }

    // MARK: Splitting

    /// Takes the first messages out, into a block of their own, if there are more than one block should hold.
    func splitFirst() -> Block? {
        let isOverfull = records.count > Self.maximumMessages || bodies?.count ?? 0 > Self.maximumBytes
        guard isOverfull, records.count > 1 else { return nil }
        let piece = Block(life: life, first: first)
        let count = move(to: piece)
        guard count < records.count else { return nil }
        records.removeFirst(count)
        begin(at: piece.last + 1)
        compact()
        return piece
    }

    /// Copies messages to `piece` while it has room, and says how many.
    private func move(to piece: Block) -> Int {
        for (index, record) in records.enumerated() {
            guard piece.hasRoom(for: record.bodyLength, at: record.sequence) else { return index }
            piece.append(record, of: self)
        }
        return records.count
    }

    private func append(_ record: MessageRecord, of other: Block) {
        var record = record
        let body = other.bodies?[record.bodyStart..<record.bodyStart + record.bodyLength] ?? []
        record.client = index(of: other.clients[record.client])
        record.bodyStart = bodies?.count ?? 0
        bodies?.append(contentsOf: body)
        records.append(record)
        end(at: record.sequence)
    }
}

extension MessageRecord {
    /// A message that comes from another pool.
    init(_ message: Message, client: Int, bodyStart: Int, now: Timestamp) {
        let isClaimed = message.claim != nil && message.claimedUntil > now
        self.init(
            sequence: message.sequence.value, id: message.id, isKept: message.id.sequence != message.sequence,
            client: client, bodyStart: bodyStart, bodyLength: message.body.bytes.count, ttl: message.ttl,
            created: message.created.milliseconds, expires: message.expires.milliseconds,
            delayedUntil: message.delayedUntil.milliseconds,
            state: isClaimed ? .claimed : message.delayedUntil > now ? .delayed : .free, claim: message.claim,
            claimedUntil: message.claimedUntil.milliseconds, claimCount: message.claimCount)
    }
}
