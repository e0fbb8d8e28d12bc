internal import RedisEngine
internal import WeirDomain
internal import WeirStorage

/// Reads what the scripts answer.
enum Answer {
    /// Much was due: ask again (`check.lua`).
    static let again = RedisReply.integer(-3)
    private static let strange = StorageError.unknownOutcome("Redis answered what no script of this driver says")

    /// The answer, unless it says that the pool does not serve the queue.
    static func checked(_ reply: RedisReply) throws(StorageError) -> RedisReply {
        switch reply {
        case .integer(-1): throw .queueNotOpen
        case .integer(-2): throw .staleRoute
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
        guard lists.count == 3, let sequences = lists[lists.startIndex].elements,
            let records = lists[lists.startIndex + 1].elements, let states = lists[lists.startIndex + 2].elements,
            records.count == sequences.count, states.count == sequences.count
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

    private static func sequence(_ reply: RedisReply) -> MessageSequence? {
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

    static func stats(_ reply: RedisReply) throws(StorageError) -> QueueStats {
        let parts = try elements(reply)
        guard parts.count == 2 || parts.count == 6 else { throw strange }
        let messages = Int(try integer(parts[0]))
        let claimed = Int(try integer(parts[1]))
        guard parts.count == 6 else { return .empty }
        return QueueStats(
            claimed: claimed, free: messages - claimed, oldest: try end(parts[2], parts[3]),
            newest: try end(parts[4], parts[5]))
    }

    private static func end(_ place: RedisReply, _ record: RedisReply) throws(StorageError) -> QueueStats.End {
        guard let sequence = sequence(place), case .bytes(let bytes) = record,
            let end = MessageRecord.end(bytes, sequence: sequence)
        else { throw strange }
        return end
    }

    /// The value of a claim, as `ClaimRequest.stored` makes it.
    static func claim(_ bytes: [UInt8]) throws(StorageError) -> (ttl: Int, renewed: Timestamp) {
        guard bytes.count == 24 else { throw strange }
        func number(_ offset: Int) -> Int64 {
            bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Int64.self)) }
        }
        return (Int(number(0)), Timestamp(milliseconds: number(8)))
    }
}
