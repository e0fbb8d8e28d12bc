internal import RedisEngine
internal import WeirDomain
internal import WeirStorage

/// Reads what the scripts answer.
enum Answer {
    /// Something is due first (`due.lua`).
    static let again = RedisReply.integer(-3)
    static let strange = StorageError.unknownOutcome("Redis answered what no script of this driver says")

    /// The answer, unless it says that the pool does not serve the queue.
    static func checked(_ reply: RedisReply) throws(StorageError) -> RedisReply {
        switch reply {
        case .integer(-1): throw .queueNotOpen
        case .integer(-2): throw .staleRoute
        case .integer(-4): throw .fenced
        default: return reply
        }
    }

    static func integer(_ reply: RedisReply) throws(StorageError) -> Int64 {
        guard case .integer(let number) = reply else { throw strange }
        return number
    }

    static func elements(_ reply: RedisReply) throws(StorageError) -> [RedisReply] {
        guard case .array(let elements) = reply else { throw strange }
        return elements
    }

    /// Sequences, records and states, in three arrays; nothing at all for no messages.
    static func messages(_ reply: RedisReply) throws(StorageError) -> [Message] {
        try messages(try elements(reply)[...])
    }

    static func messages(_ lists: ArraySlice<RedisReply>) throws(StorageError) -> [Message] {
        guard !lists.isEmpty else { return [] }
        let parts = Array(lists)
        guard parts.count == 3, let sequences = parts[0].elements, let records = parts[1].elements,
            let states = parts[2].elements, records.count == sequences.count, states.count == sequences.count
        else { throw strange }
        var messages: [Message] = []
        messages.reserveCapacity(records.count)
        for (place, record) in records.enumerated() {
            // What a claim held may be gone.
            guard case .bytes(let bytes) = record else { continue }
            var state: [UInt8]?
            if case .bytes(let found) = states[place] { state = found }
            guard let sequence = sequence(sequences[place]),
                let message = MessageRecord.message(bytes, state, sequence: sequence)
            else { throw strange }
            messages.append(message)
        }
        return messages
    }

    static func sequence(_ reply: RedisReply) -> MessageSequence? {
        reply.text.flatMap { Int64($0) }.map(MessageSequence.init)
    }

    static func deletion(_ reply: RedisReply) throws(StorageError) -> DeleteOutcome {
        let outcomes: [DeleteOutcome] = [
            .deleted, .missing, .claimed, .claimedByAnother, .claimNotLive, .notClaimed,
        ]
        let number = Int(try integer(reply))
        guard outcomes.indices.contains(number) else { throw strange }
        return outcomes[number]
    }

    static func census(_ reply: RedisReply) throws(StorageError) -> QueueCensus {
        let parts = try elements(reply)
        guard parts.count == 3 || parts.count == 7 else { throw strange }
        let last = MessageSequence(try integer(parts[0]))
        let messages = Int(try integer(parts[1]))
        let claimed = Int(try integer(parts[2]))
        guard parts.count == 7 else { return QueueCensus(last: last, stats: .empty) }
        let stats = QueueStats(
            claimed: claimed, free: messages - claimed, oldest: try end(parts[3], parts[4]),
            newest: try end(parts[5], parts[6]))
        return QueueCensus(last: last, stats: stats)
    }

    private static func end(_ place: RedisReply, _ record: RedisReply) throws(StorageError) -> QueueStats.End {
        guard let sequence = sequence(place), case .bytes(let bytes) = record,
            let end = MessageRecord.end(bytes, sequence: sequence)
        else { throw strange }
        return end
    }

    /// The claim with this id and value; nil if it does not hold any more.
    static func liveClaim(_ id: RedisReply, _ value: RedisReply, _ now: Timestamp) -> MovedClaim? {
        guard case .bytes(let id) = id, case .bytes(let bytes) = value, let claim = StoredClaim(bytes), claim.ttl > 0,
            claim.until > now
        else { return nil }
        return MovedClaim(
            id: ClaimID(stored: id[...]), ttl: claim.ttl, renewed: claim.renewed, until: claim.until,
            messages: claim.messages.sorted())
    }
}
