internal import SQLiteEngine
package import WeirDomain
package import WeirStorage

/// A catalog in one SQLite file, for one node.
package final class SQLiteCatalogStore: CatalogStore {
    let writer: DatabaseThread<CatalogSession>
    let readers: DatabaseThread<CatalogSession>
    /// How many migrations that are over are kept.
    let rememberedMigrations: Int

    private init(
        writer: DatabaseThread<CatalogSession>, readers: DatabaseThread<CatalogSession>, remembering migrations: Int
    ) {
        self.writer = writer
        self.readers = readers
        rememberedMigrations = migrations
    }

    /// Opens the file, creating it if it is missing.
    /// - Parameter migrations: How many that are over are kept.
    package static func open(
        path: String, remembering migrations: Int = Limits.rememberedMigrations
    ) async throws(PoolRefusal) -> SQLiteCatalogStore {
        do throws(SQLiteFailure) {
            return try await start(path: path, remembering: migrations)
        } catch {
            throw PoolRefusal("cannot open the catalog: \(error.message)")
        }
    }

    private static func start(
        path: String, remembering migrations: Int
    ) async throws(SQLiteFailure) -> SQLiteCatalogStore {
        let writer = try await DatabaseThread<CatalogSession>.start(
            .writing, capacity: Limits.pendingCatalogOperations, batch: Limits.operationsPerCommit
        ) { () throws(SQLiteFailure) in
            let connection = try Connection(path: path)
            try CatalogSchema.inspect(connection)
            try connection.useWriteAheadLog(synchronous: .full, checkpointPages: 4000, cacheKiB: 16_384)
            try CatalogSchema.prepare(connection)
            return try CatalogSession(connection)
        }
        do throws(SQLiteFailure) {
            let readers = try await DatabaseThread<CatalogSession>.start(
                .reading, capacity: Limits.pendingCatalogOperations, batch: 16
            ) { () throws(SQLiteFailure) in
                let connection = try Connection(path: path)
                try connection.execute("PRAGMA query_only = ON")
                return try CatalogSession(connection)
            }
            return SQLiteCatalogStore(writer: writer, readers: readers, remembering: migrations)
        } catch {
            await writer.shutdown()
            throw error
        }
    }

    // MARK: Queues

    package func queue(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        try await readers.perform { try $0.queue(key) }
    }

    package func insert(_ record: QueueRecord) async throws(StorageError) -> QueueInsertion {
        try await writer.perform { try $0.insert(record) }
    }

    package func replace(_ record: QueueRecord) async throws(StorageError) -> Bool {
        try await writer.perform { try $0.replace(record) }
    }

    package func remove(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        try await writer.perform { try $0.remove(key) }
    }

    package func retirements(
        after life: QueueLife, limit: Int
    ) async throws(StorageError) -> [Retirement] {
        try await readers.perform { try $0.retirements(after: life, limit: limit) }
    }

    package func retired(_ life: QueueLife) async throws(StorageError) {
        try await writer.perform { try $0.retired(life) }
    }

    package func queues(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [QueueRecord] {
        try await readers.perform { try $0.queues(of: project, after: name, limit: limit) }
    }

    package func projects(after cursor: [UInt8]?, limit: Int) async throws(StorageError) -> ProjectPage {
        let name = String(decoding: cursor ?? [], as: UTF8.self)
        let found = try await readers.perform { try $0.projects(after: name, limit: limit) }
        return ProjectPage(projects: found, next: found.last.map { Array($0.value.utf8) })
    }

    package func queueCount(of project: ProjectID) async throws(StorageError) -> Int {
        try await readers.perform { try $0.queueCount(of: project) }
    }

    package func existing(_ lives: [QueueLife]) async throws(StorageError) -> Set<QueueLife> {
        try await readers.perform { try $0.existing(lives) }
    }

    // MARK: Pools

    package func pools() async throws(StorageError) -> [PoolRecord] {
        try await readers.perform { try $0.pools() }
    }

    package func put(
        _ pool: Pool, over seen: Int64?, replacing former: String?, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRegistration {
        try await writer.perform { session in
            let outcome = try session.put(pool, over: seen, replacing: former)
            if outcome == .stored { try session.note(entry) }
            return outcome
        }
    }

    package func removePool(
        _ name: String, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRemoval {
        try await writer.perform { session in
            let outcome = try session.removePool(name)
            if outcome == .removed { try session.note(entry) }
            return outcome
        }
    }

    // MARK: Flavors

    package func flavor(_ name: String, of project: ProjectID) async throws(StorageError) -> Flavor? {
        try await readers.perform { try $0.flavor(name, of: project) }
    }

    package func requirements(ofFlavor name: String) async throws(StorageError) -> CapabilitySet {
        try await readers.perform { try $0.requirements(ofFlavor: name) }
    }

    package func flavors(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [Flavor] {
        try await readers.perform { try $0.flavors(of: project, after: name, limit: limit) }
    }

    package func put(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool, noting entry: AuditEntry?
    ) async throws(StorageError) -> FlavorRegistration {
        try await writer.perform { session in
            let outcome = try session.put(flavor, over: seen, pools: pools, detachingOthers: detachingOthers)
            if outcome == .stored { try session.note(entry) }
            return outcome
        }
    }

    package func removeFlavor(
        _ name: String, of project: ProjectID, noting entry: AuditEntry?
    ) async throws(StorageError) {
        try await writer.perform { session in
            if try session.removeFlavor(name, of: project) { try session.note(entry) }
        }
    }

    // MARK: Logs

    package func audit(after number: Int64, limit: Int) async throws(StorageError) -> [AuditEntry] {
        try await readers.perform { try $0.audit(after: number, limit: limit) }
    }

    package func changes(after number: Int64?, limit: Int) async throws(StorageError) -> RecordChanges {
        try await readers.perform { try $0.changes(after: number, limit: limit) }
    }

    // MARK: The store itself

    /// One process holds the file.
    package var isShared: Bool { false }

    package func isNew() async throws(StorageError) -> Bool {
        try await readers.perform { try $0.isNew() }
    }

    package func ping() async throws(StorageError) {
        try await readers.perform { _ = try $0.isNew() }
    }

    package func shutdown() async {
        await writer.shutdown()
        await readers.shutdown()
    }
}
