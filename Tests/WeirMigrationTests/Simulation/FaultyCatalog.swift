import WeirDomain
import WeirStorage

/// A node's way to the catalog.
final class FaultyCatalog: SimulatedCatalog {
    private let node: SimulatedNode

    init(on node: SimulatedNode) {
        self.node = node
    }

    private func call<Value: Sendable>(
        _ work: @escaping @Sendable (MemoryCatalogStore) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let store = node.world.catalog
        return try await node.call(catalog: true) { () async throws(StorageError) in try await work(store) }
    }

    // MARK: What queues that move need

    func queue(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        try await call { store throws(StorageError) in try await store.queue(key) }
    }

    func remove(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        try await call { store throws(StorageError) in try await store.remove(key) }
    }

    func retired(_ life: QueueLife) async throws(StorageError) {
        try await call { store throws(StorageError) in try await store.retired(life) }
    }

    func pools() async throws(StorageError) -> [PoolRecord] {
        try await call { store throws(StorageError) in try await store.pools() }
    }

    func begin(_ migration: MigrationRecord, noting entry: AuditEntry?) async throws(StorageError) -> MigrationStart {
        try await call { store throws(StorageError) in try await store.begin(migration, noting: entry) }
    }

    func migration(_ number: Int64) async throws(StorageError) -> MigrationRecord? {
        try await call { store throws(StorageError) in try await store.migration(number) }
    }

    func migration(of life: QueueLife) async throws(StorageError) -> MigrationRecord? {
        try await call { store throws(StorageError) in try await store.migration(of: life) }
    }

    func migrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int
    ) async throws(StorageError) -> [MigrationRecord] {
        let slowness = node.world.slowness(of: "migrations", in: "catalog")
        if slowness > 0 { await node.world.executor.sleep(milliseconds: slowness) }
        return try await call { store throws(StorageError) in
            try await store.migrations(filter, after: number, limit: limit)
        }
    }

    func replace(
        _ migration: MigrationRecord, switching route: RouteSwitch?, noting entry: AuditEntry?
    ) async throws(StorageError) -> Bool {
        let isAccepted = try await call { store throws(StorageError) in
            try await store.replace(migration, switching: route, noting: entry)
        }
        if node.world.losesAnswer(ofSwitch: route != nil) { throw .unknownOutcome("answer lost") }
        return isAccepted
    }

    // MARK: The rest

    func insert(_ record: QueueRecord) async throws(StorageError) -> QueueInsertion {
        try await node.world.catalog.insert(record)
    }

    func replace(_ record: QueueRecord) async throws(StorageError) -> Bool {
        try await node.world.catalog.replace(record)
    }

    func retirements(after life: QueueLife, limit: Int) async throws(StorageError) -> [Retirement] {
        try await node.world.catalog.retirements(after: life, limit: limit)
    }

    func queues(of project: ProjectID, after name: String, limit: Int) async throws(StorageError) -> [QueueRecord] {
        try await node.world.catalog.queues(of: project, after: name, limit: limit)
    }

    func projects(after cursor: [UInt8]?, limit: Int) async throws(StorageError) -> ProjectPage {
        try await node.world.catalog.projects(after: cursor, limit: limit)
    }

    func queueCount(of project: ProjectID) async throws(StorageError) -> Int {
        try await node.world.catalog.queueCount(of: project)
    }

    func existing(_ lives: [QueueLife]) async throws(StorageError) -> Set<QueueLife> {
        try await node.world.catalog.existing(lives)
    }

    func put(
        _ pool: Pool, over seen: Int64?, replacing former: String?, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRegistration {
        try await node.world.catalog.put(pool, over: seen, replacing: former, noting: entry)
    }

    func removePool(_ name: String, noting entry: AuditEntry?) async throws(StorageError) -> PoolRemoval {
        try await node.world.catalog.removePool(name, noting: entry)
    }
}
