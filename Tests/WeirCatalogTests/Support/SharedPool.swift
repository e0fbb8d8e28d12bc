import MemoryDriver
import Synchronization
import WeirDomain
import WeirStorage

/// Stores that outlive the drivers that are opened on them, as servers do: `shared:NAME` is the same store
/// however often it is opened. A test can take one away and bring it back.
final class SharedPools: Sendable {
    private let pools = Mutex<[String: SharedPool]>([:])

    subscript(name: String) -> SharedPool {
        pools.withLock { pools in
            if let pool = pools[name] { return pool }
            let pool = SharedPool()
            pools[name] = pool
            return pool
        }
    }

    /// The driver of these pools: what it can do is what `MemoryDriver` can.
    var registration: DriverRegistration {
        DriverRegistration(name: "shared", schemes: ["shared"], matrix: MemoryDriver.registration.matrix) {
            configuration async throws(PoolRefusal) -> any PoolDriver in
            let pool = self[String(configuration.uri.dropFirst("shared:".count))]
            await pool.waitWhileHanging()
            guard pool.isUp else { throw PoolRefusal("the store is away") }
            return SharedPoolDriver(pool)
        }
    }
}

/// One such store.
final class SharedPool: Sendable {
    /// What it holds, for a test that looks at it past all nodes.
    let store = MemoryDriver()
    private let state = Mutex((isUp: true, open: 0))
    private let lost = Mutex(CapabilitySet())
    private let pauses = Mutex<[CheckedContinuation<Void, Never>]?>(nil)
    private let answers = Atomic<Int>(0)
    private let hook = Mutex<(@Sendable () async -> Void)?>(nil)

    var isUp: Bool {
        get { state.withLock { $0.isUp } }
        set { state.withLock { $0.isUp = newValue } }
    }

    /// What the store no longer has, by its next probe.
    var lacks: CapabilitySet {
        get { lost.withLock { $0 } }
        set { lost.withLock { $0 = newValue } }
    }

    /// How often the store was reached, or tried.
    var tries: Int { answers.load(ordering: .relaxed) }

    /// From now on neither pings nor attempts to open it return until `resume`.
    func hang() {
        pauses.withLock { $0 = [] }
    }

    /// How many wait for `resume`.
    var hanging: Int { pauses.withLock { $0?.count ?? 0 } }

    /// Lets those that hang return, and further ones too.
    func resume() {
        let waiting = pauses.withLock { pauses in
            defer { pauses = nil }
            return pauses ?? []
        }
        for each in waiting { each.resume() }
    }

    func waitWhileHanging() async {
        await withCheckedContinuation { continuation in
            let isHanging = pauses.withLock { pauses in
                pauses?.append(continuation)
                return pauses != nil
            }
            if !isHanging { continuation.resume() }
        }
    }

    /// Drivers that are opened on it and not shut down.
    var openDrivers: Int { state.withLock { $0.open } }

    func count(_ change: Int) {
        state.withLock { $0.open += change }
    }

    /// Has `work` run before a queue is opened or retired, which nodes do of their own accord.
    func before(_ work: @escaping @Sendable () async -> Void) {
        hook.withLock { $0 = work }
    }

    func interlude() async {
        if let work = hook.withLock({ $0 }) { await work() }
    }

    /// Throws while the store is away.
    func reach() throws(StorageError) -> MemoryDriver {
        answers.add(1, ordering: .relaxed)
        guard isUp else { throw .unavailable("the store is away") }
        return store
    }
}

/// A driver open on a shared store.
final class SharedPoolDriver: PoolDriver {
    private let pool: SharedPool
    private let isOpen = Mutex(true)

    init(_ pool: SharedPool) {
        self.pool = pool
        pool.count(1)
    }

    func store() throws(StorageError) -> MemoryDriver {
        guard isOpen.withLock({ $0 }) else { throw .unavailable("the driver is shut down") }
        return try pool.reach()
    }

    func open(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        await pool.interlude()
        try await store().open(queue, now: now)
    }

    func retire(_ queue: QueueRef, now: Timestamp) async throws(StorageError) {
        await pool.interlude()
        try await store().retire(queue, now: now)
    }

    func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> [MessageID] {
        try await store().post(messages, from: client, to: queue, now: now)
    }

    func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) async throws(StorageError) -> PostOutcome {
        try await store().post(messages, from: client, to: queue, under: receipt, now: now)
    }

    func list(_ filter: MessageFilter, in queue: QueueRef, now: Timestamp) async throws(StorageError)
        -> [Message]
    {
        try await store().list(filter, in: queue, now: now)
    }

    func messages(_ ids: [MessageID], in queue: QueueRef, now: Timestamp) async throws(StorageError)
        -> [Message]
    {
        try await store().messages(ids, in: queue, now: now)
    }

    func position(
        of id: MessageID, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> MessageSequence {
        try await store().position(of: id, in: queue, now: now)
    }

    func delete(
        _ id: MessageID, holding claim: ClaimID?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> DeleteOutcome {
        try await store().delete(id, holding: claim, in: queue, now: now)
    }

    func delete(
        _ ids: [MessageID], demanding claims: [ClaimID]?, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> BulkDeleteOutcome {
        try await store().delete(ids, demanding: claims, in: queue, now: now)
    }

    func pop(_ limit: Int, from queue: QueueRef, now: Timestamp) async throws(StorageError) -> [Message] {
        try await store().pop(limit, from: queue, now: now)
    }

    func purge(
        through last: MessageSequence, limit: Int, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Int {
        try await store().purge(through: last, limit: limit, in: queue, now: now)
    }

    func lastSequence(of queue: QueueRef) async throws(StorageError) -> MessageSequence {
        try await store().lastSequence(of: queue)
    }

    func stats(of queue: QueueRef, now: Timestamp) async throws(StorageError) -> QueueStats {
        try await store().stats(of: queue, now: now)
    }

    func claim(
        _ request: ClaimRequest, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> ClaimOutcome {
        try await store().claim(request, in: queue, now: now)
    }

    func claim(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError) -> Claim? {
        try await store().claim(id, in: queue, now: now)
    }

    func renew(
        _ id: ClaimID, terms: ClaimTerms, in queue: QueueRef, now: Timestamp
    ) async throws(StorageError) -> Bool {
        try await store().renew(id, terms: terms, in: queue, now: now)
    }

    func release(_ id: ClaimID, in queue: QueueRef, now: Timestamp) async throws(StorageError) {
        try await store().release(id, in: queue, now: now)
    }

    func collect(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        try await store().collect(limit, now: now)
    }

    func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        var probe = try await store().probe(now: now)
        let lost = pool.lacks
        probe.capabilities = CapabilitySet(probe.capabilities.members.filter { !lost.contains($0) })
        return probe
    }

    func ping() async throws(StorageError) {
        await pool.waitWhileHanging()
        try await store().ping()
    }

    /// The store stays: only this way to it ends.
    func shutdown() async {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { pool.count(-1) }
    }
}
