internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// The work of the thread that changes some of the queues of a pool. Each method is one step inside a transaction,
/// which it may share with others. Steps change what is remembered of queues; `flush` writes that to the server.
final class PoolSession: MongoSession {
    let connection: MongoConnection
    let queries: PoolQueries
    private var queues: [Int64: LoadedQueue] = [:]
    private var inUse: Set<Int64> = []
    /// Bytes that each remembered queue takes, roughly, and all together.
    private var weights: [Int64: Int] = [:]
    private var total = 0

    /// Bytes of queues that are remembered from batch to batch.
    private static let remembered = 16 << 20

    /// Whether versions can be trusted.
    let remembers: Bool

    /// Pages of what ended that this batch may still give back: the rest is for the next, so that none takes too long.
    var endedPagesLeft = 0
    private static let endedPages = 8

    /// - Parameter remembers: Whether versions can be trusted: only a transaction changes a queue and its version at
    ///   once.
    init(_ connection: MongoConnection, remembers: Bool) {
        self.connection = connection
        self.remembers = remembers
        queries = PoolQueries(connection: connection, readConcern: nil)
    }

    // MARK: Batches

    /// Queues of this batch of which it is not known yet whether what is remembered is right.
    private var unverified: Set<Int64> = []
    /// Batches that look before they begin, because another node changed what was remembered.
    private var looks = 0
    private static let looksAfterConflict = 100

    /// What is remembered is taken to be right, and verified before the commit: a transaction that changes a queue
    /// demands the version that is remembered. When other nodes change the same queues, it is cheaper to look first.
    func begin(_ keys: Set<Int64>) throws(MongoFailure) {
        inUse = keys
        unverified = []
        endedPagesLeft = Self.endedPages
        let trusts = remembers && looks == 0
        if looks > 0 { looks -= 1 }
        if trusts { unverified = keys.filter { queues[$0]?.header != nil } }
        let unknown = keys.subtracting(unverified)
        guard !unknown.isEmpty else { return }
        let headers = try queries.headers(unknown)
        for life in unknown {
            let header = headers[life]
            guard let known = queues[life], let version = header?.version, known.header?.version == version else {
                forget(life)
                queues[life] = LoadedQueue(life: life, header: header)
                continue
            }
        }
    }

    func flush() throws(MongoFailure) {
        try store(inUse.compactMap { queues[$0] }.filter(\.isChanged))
        try verify()
    }

    /// Makes sure that what was remembered is what is stored, of queues that this batch did not change: a change
    /// demands the version by itself.
    private func verify() throws(MongoFailure) {
        guard !unverified.isEmpty else { return }
        let versions = try queries.versions(unverified)
        for life in unverified where versions[life] != queues[life]?.storedHeader?.version {
            throw MongoFailure(.conflict, "another node changed a queue")
        }
        unverified = []
    }

    /// Whether a change of the header has to demand the version that is remembered.
    func demandsVersion(of life: Int64) -> Bool { !remembers || unverified.contains(life) }

    /// The server has agreed that what was remembered of these was right.
    func verified(_ lives: [Int64]) {
        unverified.subtract(lives)
    }

    func committed() {
        guard remembers else { return queues = [:] }
        // Nobody asks again for what only passes through.
        for life in inUse where queues[life]?.header?.isServing != true { forget(life) }
        for life in inUse where queues[life] != nil {
            queues[life]?.claims = [:]
            let weight = queues[life]?.weight ?? 0
            total += weight - (weights[life] ?? 0)
            weights[life] = weight
        }
        guard total > Self.remembered else { return }
        queues = [:]
        weights = [:]
        total = 0
    }

    func undone(_ keys: Set<Int64>) {
        for life in keys { forget(life) }
        looks = Self.looksAfterConflict
    }

    private func forget(_ life: Int64) {
        queues[life] = nil
        total -= weights.removeValue(forKey: life) ?? 0
    }

    // MARK: Queues

    /// The queue, if this pool serves exactly this life and epoch, and no fence stands before it.
    func checked(_ ref: QueueRef) throws -> LoadedQueue {
        let queue = try served(ref)
        guard queue.header?.isFenced != true else { throw StorageError.fenced }
        return queue
    }

    /// The queue, if this pool serves exactly this life and epoch, fenced or not.
    func served(_ ref: QueueRef) throws -> LoadedQueue {
        guard let queue = queues[ref.life.value], let header = queue.header else { throw StorageError.queueNotOpen }
        guard header.isServing, header.epoch == ref.epoch.value else { throw StorageError.staleRoute }
        return queue
    }

    /// What is remembered of a queue, whatever its state.
    func queue(_ life: Int64) -> LoadedQueue? { queues[life] }

    func open(_ ref: QueueRef) throws {
        guard let queue = queues[ref.life.value] else { return }
        if queue.header == nil {
            queue.header = QueueHeader(ref)
            queue.isChanged = true
        }
        _ = try checked(ref)
    }

    func retire(_ ref: QueueRef, now: Timestamp) throws {
        guard let queue = queues[ref.life.value] else { return }
        var header = queue.header ?? QueueHeader(ref)
        guard header.role != .retired, header.role != .emptied else { return }
        guard header.epoch <= ref.epoch.value || !header.isServing else { throw StorageError.staleRoute }
        header.stop(as: .retired)
        header.retiredAt = now.milliseconds
        queue.change(header)
    }
}
