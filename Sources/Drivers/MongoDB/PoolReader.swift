internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// The work of a thread that reads. What a batch reads is good if the headers of its queues, read afterwards, are
/// still in order: a life does not come back and an epoch does not go back, so they were when the batch was read.
///
/// What was read between two looks at a header that found the same version is that version. It is remembered, and
/// good for as long as the header says so: many who list a queue that does not change cost one look at many headers.
final class PoolReader: MongoSession {
    let connection: MongoConnection
    let queries: PoolQueries
    let remembers: Bool
    private var headers: [Int64: QueueHeader] = [:]
    private var cache = PageCache()
    /// The queues of which this batch has read more than headers.
    private var readLives: Set<Int64> = []

    /// - Parameter remembers: Whether versions can be trusted: only a transaction changes a queue and its version at
    ///   once.
    init(_ connection: MongoConnection, readConcern: String, remembers: Bool) {
        self.connection = connection
        self.remembers = remembers
        queries = PoolQueries(connection: connection, readConcern: readConcern)
    }

    func begin(_ keys: Set<Int64>) throws(MongoFailure) {
        headers = try queries.headers(keys)
    }

    func flush() throws(MongoFailure) {
        let changed = readLives
        readLives = []
        guard !changed.isEmpty else { return }
        let before = headers
        for life in changed { headers[life] = nil }
        headers.merge(try queries.headers(changed)) { $1 }
        cache.keep(changed.filter { remembers && before[$0]?.version == headers[$0]?.version })
    }

    func undone(_ keys: Set<Int64>) {
        readLives = []
        cache.keep([])
    }

    /// Blocks of a queue after this sequence, whole: remembered ones, if they are good still.
    func page(of life: Int64, after sequence: Int64, limit: Int) throws(MongoFailure) -> PoolQueries.Page {
        let place = PageCache.Place(life: life, after: sequence, limit: limit)
        let version = headers[life]?.version ?? 0
        if let known = cache.page(place, version: version) { return known }
        readLives.insert(life)
        let page = try queries.blocks(of: life, after: sequence, limit: limit, fields: .everything)
        cache.add(page, at: place, version: version)
        return page
    }

    /// To be called before something of the queue is read that is not remembered.
    func willRead(_ life: Int64) {
        readLives.insert(life)
    }

    /// The header, if this pool serves exactly this life and epoch. To be asked when the batch was read.
    @discardableResult
    func checked(_ ref: QueueRef) throws -> QueueHeader {
        guard let header = headers[ref.life.value] else { throw StorageError.queueNotOpen }
        guard header.isServing, header.epoch == ref.epoch.value else { throw StorageError.staleRoute }
        guard !header.isFenced else { throw StorageError.fenced }
        return header
    }

    /// The header, whatever the pool does with the life.
    func known(_ life: QueueLife) throws -> QueueHeader {
        guard let header = headers[life.value] else { throw StorageError.queueNotOpen }
        return header
    }

    // MARK: Messages

    func messages(_ ids: [MessageID], in ref: QueueRef, now: Timestamp) throws -> [Message] {
        willRead(ref.life.value)
        var known: [Block] = []
        var messages: [Message] = []
        for id in ids {
            if let message = try message(id, in: ref.life.value, &known, now: now) { messages.append(message) }
        }
        return messages
    }

    /// - Parameter known: Blocks that were read before.
    private func message(
        _ id: MessageID, in life: Int64, _ known: inout [Block], now: Timestamp
    ) throws(MongoFailure) -> Message? {
        let sequence = id.sequence.value
        let isKnown = known.contains { $0.first <= sequence && sequence <= $0.last }
        if !isKnown, sequence > 0, let block = try queries.block(of: life, with: sequence, fields: .everything) {
            known.append(block)
        }
        for block in known where block.first <= sequence && sequence <= block.last {
            guard let index = block.index(of: sequence) else { continue }
            let record = block.records[index]
            if record.id == id && record.isVisible(at: now) { return block.message(index) }
        }
        return try keptMessage(id, in: life, now: now)
    }

    private func keptMessage(_ id: MessageID, in life: Int64, now: Timestamp) throws(MongoFailure) -> Message? {
        for block in try queries.blocks(of: life, keeping: id, fields: .everything) {
            let index = block.records.firstIndex { $0.isKept && $0.id == id && $0.isVisible(at: now) }
            if let index { return block.message(index) }
        }
        return nil
    }

    // MARK: Claims

    func claim(_ id: ClaimID, in ref: QueueRef, now: Timestamp) throws -> Claim? {
        willRead(ref.life.value)
        guard let claim = try queries.claim(id, of: ref.life.value), claim.isLive(at: now) else { return nil }
        var messages: [Message] = []
        for block in try queries.blocks(of: ref.life.value, ending: claim.blocks, fields: .everything) {
            for (index, record) in block.records.enumerated()
            where record.claim == id && record.state == .claimed && record.isVisible(at: now) {
                messages.append(block.message(index))
            }
        }
        return Claim(
            id: id, ttl: claim.ttl, renewed: Timestamp(milliseconds: claim.renewed),
            messages: messages.sorted { $0.sequence < $1.sequence })
    }
}
