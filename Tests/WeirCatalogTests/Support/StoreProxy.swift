import Synchronization
import WeirDomain
import WeirStorage

/// A catalog store that lets a test do something just before and just after what a node asks of it.
final class StoreProxy: CatalogStore {
    let base: any CatalogStore
    private let hook = Mutex<(@Sendable () async -> Void)?>(nil)
    private let watcher = Mutex<(@Sendable (QueueRecord) async -> Void)?>(nil)

    private let puts = Mutex<[PoolState]>([])
    private let putHook = Mutex<(@Sendable (Pool) async -> Void)?>(nil)
    private let queueReads = Atomic<Int>(0)

    /// How often the record of a queue was read.
    var reads: Int { queueReads.load(ordering: .relaxed) }

    init(_ base: any CatalogStore) {
        self.base = base
    }

    /// Has `work` run before and after each operation on a queue.
    func around(_ work: @escaping @Sendable () async -> Void) {
        hook.withLock { $0 = work }
    }

    /// Has `work` run with each record that was removed.
    func onRemoval(_ work: @escaping @Sendable (QueueRecord) async -> Void) {
        watcher.withLock { $0 = work }
    }

    private func interlude() async {
        if let work = hook.withLock({ $0 }) { await work() }
    }

    // MARK: Queues

    func queue(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        queueReads.add(1, ordering: .relaxed)
        await interlude()
        let record = try await base.queue(key)
        await interlude()
        return record
    }

    func insert(_ record: QueueRecord) async throws(StorageError) -> QueueInsertion {
        await interlude()
        return try await base.insert(record)
    }

    func replace(_ record: QueueRecord) async throws(StorageError) -> Bool {
        await interlude()
        return try await base.replace(record)
    }

    func remove(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        await interlude()
        let record = try await base.remove(key)
        if let record, let work = watcher.withLock({ $0 }) { await work(record) }
        await interlude()
        return record
    }

    /// Cancels its task, so that a loop which works this list off ends after one round instead of resting.
    func retirements(after life: QueueLife, limit: Int) async throws(StorageError) -> [Retirement] {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await base.retirements(after: life, limit: limit)
    }

    func retired(_ life: QueueLife) async throws(StorageError) {
        await interlude()
        try await base.retired(life)
    }

    func queues(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [QueueRecord] {
        try await base.queues(of: project, after: name, limit: limit)
    }

    func projects(after cursor: [UInt8]?, limit: Int) async throws(StorageError) -> ProjectPage {
        try await base.projects(after: cursor, limit: limit)
    }

    func queueCount(of project: ProjectID) async throws(StorageError) -> Int {
        try await base.queueCount(of: project)
    }

    func existing(_ lives: [QueueLife]) async throws(StorageError) -> Set<QueueLife> { try await base.existing(lives) }

    // MARK: Pools and flavors, which nodes ask for behind a gate that lets nobody else in

    func pools() async throws(StorageError) -> [PoolRecord] { try await base.pools() }

    func put(
        _ pool: Pool, over seen: Int64?, replacing former: String?, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRegistration {
        let outcome = try await base.put(pool, over: seen, replacing: former, noting: entry)
        if outcome == .stored { puts.withLock { $0.append(pool.state) } }
        if let work = putHook.withLock({ $0 }) { await work(pool) }
        return outcome
    }

    /// The states that pools were stored with, one after the other.
    var states: [PoolState] { puts.withLock { $0 } }

    /// Has `work` run with each pool that was stored.
    func onPut(_ work: @escaping @Sendable (Pool) async -> Void) {
        putHook.withLock { $0 = work }
    }

    func removePool(_ name: String, noting entry: AuditEntry?) async throws(StorageError) -> PoolRemoval {
        try await base.removePool(name, noting: entry)
    }

    func flavor(_ name: String, of project: ProjectID) async throws(StorageError) -> Flavor? {
        try await base.flavor(name, of: project)
    }

    func requirements(ofFlavor name: String) async throws(StorageError) -> CapabilitySet {
        try await base.requirements(ofFlavor: name)
    }

    func flavors(of project: ProjectID, after name: String, limit: Int) async throws(StorageError) -> [Flavor]
    {
        try await base.flavors(of: project, after: name, limit: limit)
    }

    func put(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool, noting entry: AuditEntry?
    ) async throws(StorageError) -> FlavorRegistration {
        try await base.put(flavor, over: seen, pools: pools, detachingOthers: detachingOthers, noting: entry)
    }

    func removeFlavor(
        _ name: String, of project: ProjectID, noting entry: AuditEntry?
    ) async throws(StorageError) {
        try await base.removeFlavor(name, of: project, noting: entry)
    }

    func audit(after number: Int64, limit: Int) async throws(StorageError) -> [AuditEntry] {
        try await base.audit(after: number, limit: limit)
    }

    func changes(after number: Int64?, limit: Int) async throws(StorageError) -> RecordChanges {
        try await base.changes(after: number, limit: limit)
    }

    // MARK: Migrations

    func begin(_ migration: MigrationRecord, noting entry: AuditEntry?) async throws(StorageError) -> MigrationStart {
        await interlude()
        return try await base.begin(migration, noting: entry)
    }

    func migration(_ number: Int64) async throws(StorageError) -> MigrationRecord? {
        await interlude()
        return try await base.migration(number)
    }

    func migration(of life: QueueLife) async throws(StorageError) -> MigrationRecord? {
        await interlude()
        return try await base.migration(of: life)
    }

    func migrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int
    ) async throws(StorageError) -> [MigrationRecord] {
        try await base.migrations(filter, after: number, limit: limit)
    }

    func replace(
        _ migration: MigrationRecord, switching route: RouteSwitch?, noting entry: AuditEntry?
    ) async throws(StorageError) -> Bool {
        await interlude()
        return try await base.replace(migration, switching: route, noting: entry)
    }

    // MARK: Documents

    func document(_ key: Document.Key, now: Timestamp) async throws(StorageError) -> Document? {
        try await base.document(key, now: now)
    }

    func insert(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool {
        await interlude()
        return try await base.insert(document, now: now)
    }

    func replace(_ document: Document, now: Timestamp) async throws(StorageError) -> Bool {
        await interlude()
        return try await base.replace(document, now: now)
    }

    func removeDocument(
        _ key: Document.Key, version: Int64?, now: Timestamp
    ) async throws(StorageError) -> Bool {
        await interlude()
        return try await base.removeDocument(key, version: version, now: now)
    }

    func documents(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, after name: String, limit: Int, now: Timestamp
    ) async throws(StorageError) -> [Document] {
        try await base.documents(kind, of: project, in: owner, after: name, limit: limit, now: now)
    }

    func documentCount(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, limit: Int
    ) async throws(StorageError) -> Int {
        try await base.documentCount(kind, of: project, in: owner, limit: limit)
    }

    func collectDocuments(_ limit: Int, now: Timestamp) async throws(StorageError) -> Bool {
        try await base.collectDocuments(limit, now: now)
    }

    private let sharing = Atomic<Bool>(false)

    var isShared: Bool {
        get { sharing.load(ordering: .relaxed) }
        set { sharing.store(newValue, ordering: .relaxed) }
    }

    func isNew() async throws(StorageError) -> Bool { try await base.isNew() }

    func ping() async throws(StorageError) { try await base.ping() }

    func shutdown() async { await base.shutdown() }
}
