internal import RedisEngine
internal import WeirDomain
internal import WeirStorage

/// Which messages a script found, and where their records and bodies stand: what `list.lua` has after the first element of
/// its answer.
struct FoundMessages {
    private struct Item {
        let sequence: MessageSequence
        let state: RedisReply
        /// The parcel in which it is.
        let parcel: Int?
    }

    private struct Place {
        let name: [UInt8]
        let first: Int64
        let last: Int64
    }

    private var items: [Item] = []
    private var parcels: [Place] = []

    /// Nil if the answer has no messages.
    /// - Parameter after: The messages in sealed parcels are those after it.
    /// - Parameter limit: More messages than these are not wanted.
    init?(_ reply: RedisReply, after: MessageSequence, limit: Int) throws(StorageError) {
        guard let parts = reply.elements, parts.count >= 4 else { return nil }
        let lists = parts.suffix(4).compactMap(\.elements)
        guard lists.count == 4, lists[1].count == lists[0].count else { throw Answer.strange }
        try add(parcels: lists[2])
        try add(sequences: lists[0], states: lists[1])
        if !lists[3].isEmpty { try add(sealed: lists[3], after: after.value, limit: limit) }
        if items.isEmpty { return nil }
    }

    private mutating func add(parcels words: [RedisReply]) throws(StorageError) {
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            guard case .bytes(let name) = words[index], let last = Answer.sequence(words[index + 1]),
                name.count > Parcel.nameBytes,
                let first = Int64(String(decoding: name[Parcel.nameBytes...], as: UTF8.self)),
                (0..<Int64(Parcel.capacity)).contains(last.value &- first)
            else { throw Answer.strange }
            parcels.append(Place(name: Array(name[..<Parcel.nameBytes]), first: first, last: last.value))
        }
    }

    private mutating func add(sequences: [RedisReply], states: [RedisReply]) throws(StorageError) {
        items.reserveCapacity(sequences.count)
        var last: Int?
        for (index, word) in sequences.enumerated() {
            guard let sequence = Answer.sequence(word) else { throw Answer.strange }
            // They come in order: it most likely is in the parcel of the one before.
            if !parcels.isEmpty, last.map({ !has(sequence.value, in: $0) }) ?? true {
                last = parcels.indices.first { has(sequence.value, in: $0) }
            }
            items.append(Item(sequence: sequence, state: states[index], parcel: last))
        }
    }

    private func has(_ sequence: Int64, in parcel: Int) -> Bool {
        parcels[parcel].first <= sequence && sequence <= parcels[parcel].last
    }

    private mutating func add(sealed words: [RedisReply], after: Int64, limit: Int) throws(StorageError) {
        let (others, known) = (items.count, parcels.count)
        try add(parcels: words)
        for index in known..<parcels.count {
            let from = max(parcels[index].first, after &+ 1)
            guard items.count < others + limit, from <= parcels[index].last else { break }
            for sequence in from...parcels[index].last {
                items.append(Item(sequence: MessageSequence(sequence), state: .null, parcel: index))
            }
        }
        if others > 0 { items.sort { $0.sequence < $1.sequence } }
        if items.count > limit { items.removeLast(items.count - limit) }
        // Sealed ones are in order, so those that are not wanted are the last: the places of the others stay what they are.
        let lastUsed = items.reduce(-1) { max($0, $1.parcel ?? -1) }
        parcels.removeLast(parcels.count - 1 - lastUsed)
    }

    var count: Int { items.count }
    var last: MessageSequence? { items.last?.sequence }

    /// Adds the command that reads what is to be known of them, or both.
    func addRead(of keys: QueueKeys, to buffer: inout CommandBuffer) {
        if !parcels.isEmpty { keys.addRead(ofParcels: parcels.map(\.name), to: &buffer) }
        let alone = items.lazy.filter { $0.parcel == nil }.map(\.sequence.value)
        if alone.first != nil { keys.addRead(of: Array(alone), to: &buffer) }
    }

    /// The messages that are still there.
    /// - Parameter answer: What was answered to what `addRead` added.
    func messages(_ answer: RedisReply) throws(StorageError) -> [Message] {
        var (found, records) = try parts(of: answer)
        var messages: [Message] = []
        messages.reserveCapacity(items.count)
        for item in items {
            var state: [UInt8]?
            if case .bytes(let bytes) = item.state { state = bytes }
            let message: Message?
            if let index = item.parcel {
                guard let parcel = found[index] else { continue }
                let place = Int(item.sequence.value - parcels[index].first)
                message = parcel.message(place, state, sequence: item.sequence)
            } else {
                guard case .bytes(let bytes)? = records.popFirst() else { continue }
                message = MessageRecord.message(bytes, state, sequence: item.sequence)
            }
            guard let message else { throw Answer.strange }
            messages.append(message)
        }
        return messages
    }

    /// The parcels that are still there, and the records of the messages that are in none.
    private func parts(
        of answer: RedisReply
    ) throws(StorageError) -> (parcels: [Parcel?], records: ArraySlice<RedisReply>) {
        let alone = items.reduce(0) { $0 + ($1.parcel == nil ? 1 : 0) }
        let parts = try Answer.elements(answer)
        let found: (bodies: [RedisReply], records: [RedisReply])
        switch (parcels.isEmpty, alone == 0) {
        case (true, _): found = ([], parts)
        case (false, true): found = (parts, [])
        case (false, false):
            guard parts.count == 2 else { throw Answer.strange }
            found = (try Answer.elements(parts[0]), try Answer.elements(parts[1]))
        }
        guard found.bodies.count == parcels.count, found.records.count == alone else { throw Answer.strange }
        var read: [Parcel?] = []
        for bodies in found.bodies {
            guard case .bytes(let bytes) = bodies else { read.append(nil); continue }
            guard let parcel = Parcel(bytes) else { throw Answer.strange }
            read.append(parcel)
        }
        return (read, found.records[...])
    }
}
