internal import MongoEngine
internal import WeirDomain

/// Messages with sequences next to each other, in one document. Its key is the queue's life and the sequence of the
/// last: so the first block that ends at or after a sequence is the only one that can hold it.
final class Block {
    /// More would make a claim or a deletion write too much for the little that it changes.
    static let maximumMessages = 64
    /// Bytes of bodies, unless a single message has more.
    static let maximumBytes = 65_536

    let life: Int64
    private(set) var first: Int64
    private(set) var last: Int64
    var records: [MessageRecord]
    private(set) var clients: [String]
    /// Those of all records, one after the other; nil if they were left out.
    var bodies: [UInt8]?

    /// Whether it is not stored yet.
    var isNew = false
    /// Whether its records differ from what is stored.
    var isChanged = false
    /// Whether more than its records differs from what is stored.
    var isRewritten = false
    /// What whoever remembers it takes its weight to be.
    var weighed = 0
    /// What the stored indexes say.
    private(set) var stored = Summary()

    init(life: Int64, first: Int64) {
        self.life = life
        self.first = first
        last = first - 1
        records = []
        clients = []
        bodies = []
        isNew = true
    }

    init?(_ document: BSONDocument) {
        guard let key = document.binary("_id"), let life = Keys.life(key), let last = Keys.last(key),
            let first = document.integer("a"), let stored = document.binary("s")
        else { return nil }
        self.life = life
        self.first = first
        self.last = last
        records = Self.records(stored, first: first)
        clients = document.array("p").compactMap { if case .string(let client) = $0 { client } else { nil } }
        bodies = document.binary("b").map { Array($0) }
        self.stored = Summary(
            hasFree: document.bool("f") == true, wake: document.integer("w"), expiry: document.integer("x") ?? .max)
        let bytes = bodies?.count ?? .max
        let isSound = records.allSatisfy { $0.client < clients.count && $0.bodyStart + $0.bodyLength <= bytes }
        guard isSound else { return nil }
    }

    private static func records(_ stored: ArraySlice<UInt8>, first: Int64) -> [MessageRecord] {
        stored.withUnsafeBytes { bytes in
            stride(from: 0, through: bytes.count - MessageRecord.size, by: MessageRecord.size).compactMap { start in
                MessageRecord(
                    UnsafeRawBufferPointer(rebasing: bytes[start..<start + MessageRecord.size]), first: first)
            }
        }
    }

    // MARK: Messages

    /// Whether a message of this size, with the next sequence, may still be added.
    func hasRoom(for bytes: Int) -> Bool {
        guard isNew, let bodies else { return false }
        return records.count < Self.maximumMessages && (records.isEmpty || bodies.count + bytes <= Self.maximumBytes)
    }

    func append(
        _ message: NewMessage, id: MessageID, from client: ClientID, now: Timestamp
    ) {
        last += 1
        let delayedUntil = message.delay > 0 ? now.adding(seconds: message.delay) : Timestamp(milliseconds: 0)
        records.append(
            MessageRecord(
                sequence: last, id: id, isKept: message.keptID != nil, client: index(of: client.value),
                bodyStart: bodies?.count ?? 0, bodyLength: message.body.bytes.count, ttl: message.ttl,
                created: now.milliseconds, expires: now.adding(seconds: message.ttl).milliseconds,
                delayedUntil: delayedUntil.milliseconds, state: delayedUntil > now ? .delayed : .free))
        bodies?.append(contentsOf: message.body.bytes)
    }

    /// Moves the ends of what it can hold.
    func begin(at sequence: Int64) { first = sequence }
    func end(at sequence: Int64) { last = sequence }

    /// A block has few clients: those of one batch.
    func index(of client: String) -> Int {
        if let index = clients.firstIndex(where: { $0.utf8.elementsEqual(client.utf8) }) { return index }
        clients.append(client)
        return clients.count - 1
    }

    /// Where the message with this sequence is.
    func index(of sequence: Int64) -> Int? {
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if records[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < records.count && records[low].sequence == sequence ? low : nil
    }

    func message(_ index: Int) -> Message {
        let record = records[index]
        let body = bodies.map { $0[record.bodyStart..<record.bodyStart + record.bodyLength] } ?? []
        return Message(
            id: record.id, sequence: MessageSequence(record.sequence), body: MessageBody(Array(body)),
            ttl: record.ttl, created: Timestamp(milliseconds: record.created),
            expires: Timestamp(milliseconds: record.expires),
            delayedUntil: Timestamp(milliseconds: record.delayedUntil), client: ClientID(clients[record.client]),
            claim: record.claim, claimedUntil: Timestamp(milliseconds: record.claimedUntil),
            claimCount: record.claimCount)
    }

    // MARK: What indexes know of it

    struct Summary: Equatable {
        var hasFree = false
        /// When the first of its messages becomes free by itself.
        var wake: Int64?
        /// When the first of its messages expires.
        var expiry = Int64.max
    }

    var summary: Summary {
        var summary = Summary()
        for record in records where record.state != .gone {
            if record.state == .free { summary.hasFree = true }
            if let end = record.wake { summary.wake = min(end, summary.wake ?? end) }
            summary.expiry = min(record.expires, summary.expiry)
        }
        return summary
    }

    /// What is remembered is what is stored.
    func wasStored() {
        guard isNew || isChanged else { return }
        isNew = false
        isChanged = false
        isRewritten = false
        self.stored = summary
    }

    /// The client, if one wrote all of it.
    var onlyClient: String? { clients.count == 1 ? clients[0] : nil }

    /// Bytes that it takes in memory, roughly.
    var weight: Int { 256 + records.count * MemoryLayout<MessageRecord>.stride + (bodies?.count ?? 0) }
}
