internal import MongoEngine
internal import WeirDomain
package import WeirStorage

/// A catalog in a MongoDB database, for any number of nodes. Each change is a transaction that is acknowledged when a
/// majority has it in its journals, so it survives the loss of any minority. It needs a replica set or a sharded
/// cluster, of MongoDB 5.0 or later. A pool may be in the same database: no collections are shared.
package final class MongoCatalogStore: CatalogStore {
    private let clients: MongoClients
    private let queueWriter: MongoThreads<QueueSession>
    private let poolWriter: MongoThreads<PoolSession>
    private let documentWriter: MongoThreads<DocumentSession>
    private let readers: MongoThreads<CatalogReader>
    /// How many migrations that are over are kept.
    let rememberedMigrations: Int

    init(_ clients: MongoClients, remembering migrations: Int) {
        self.clients = clients
        rememberedMigrations = migrations
        let patience = clients.address.timeout * 3 / 2
        let capacity = Limits.pendingCatalogOperations
        queueWriter = MongoThreads.start(
            .transactions, on: clients, capacity: capacity, batch: Limits.operationsPerCommit, patience: patience
        ) { QueueSession($0) }
        poolWriter = MongoThreads.start(
            .transactions, on: clients, capacity: capacity, batch: 16, patience: patience
        ) { PoolSession($0) }
        documentWriter = MongoThreads.start(
            .transactions, on: clients, capacity: capacity, batch: 64, patience: patience
        ) { DocumentSession($0) }
        readers = MongoThreads.start(
            .commands, threads: 2, on: clients, capacity: capacity, batch: 64, patience: patience
        ) { CatalogReader($0) }
    }

    // MARK: Running work

    /// Changes queues and migrations, in a batch with what others change.
    func change<Value: Sendable>(
        _ needs: QueueNeeds, weight: Int = 0, _ step: @escaping @Sendable (inout RecordBook) -> Value
    ) async throws(StorageError) -> Value {
        try await queueWriter.perform(0, weight: weight) { $0.decide(needs, step) }
    }

    /// Changes pools or flavors, or begins a migration.
    func administer<Value: Sendable>(
        _ step: @escaping @Sendable (PoolSession) throws(MongoFailure) -> Value
    ) async throws(StorageError) -> Value {
        try await poolWriter.perform(0) { session in
            try session.beginChange()
            let value = try step(session)
            return { _ in value }
        }
    }

    /// Changes documents.
    func keep<Value: Sendable>(
        weight: Int = 0, _ step: @escaping @Sendable (DocumentSession) throws(MongoFailure) -> Value
    ) async throws(StorageError) -> Value {
        try await documentWriter.perform(0, weight: weight) { session in
            let value = try step(session)
            return { _ in value }
        }
    }

    func read<Value: Sendable>(
        _ step: @escaping @Sendable (CatalogReader) throws(MongoFailure) -> Value
    ) async throws(StorageError) -> Value {
        try await readers.perform(0) { reader in
            let value = try step(reader)
            return { _ in value }
        }
    }

    /// Reads a record, in a batch with what others look for.
    func record(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        try await readers.perform(0) { $0.queue(key) }
    }

    // MARK: The store itself

    package var isShared: Bool { true }

    package func isNew() async throws(StorageError) -> Bool {
        try await read { (reader) throws(MongoFailure) in
            try reader.queries.state("pools")?.bool("registered") != true
        }
    }

    package func ping() async throws(StorageError) {
        try await read { (reader) throws(MongoFailure) in
            _ = try reader.connection.run(on: "admin") { $0.int32("ping", 1) }
        }
    }

    package func shutdown() async {
        await queueWriter.shutdown()
        await poolWriter.shutdown()
        await documentWriter.shutdown()
        await readers.shutdown()
        await clients.shutdown()
    }
}
