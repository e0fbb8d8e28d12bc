internal import RedisEngine
package import WeirDomain
package import WeirStorage

/// A catalog in a Redis, for any number of nodes: each operation is one Lua script or command.
///
/// It is as durable as that server is: one that does not write each change to its disk before it answers
/// (`appendfsync always`) forgets the last ones in a crash, and a failover may go to a replica that lacks them. A
/// server that evicts keys when its memory is full is no place for a catalog at all. It needs Redis 6.2 or later,
/// and not a cluster. Pools may be in the same database: no keys are shared.
package final class RedisCatalogStore: CatalogStore {
    private let writer: RedisConnection
    /// Reads do not wait for writes before them. What a caller wrote was answered, so it reads that.
    private let reader: RedisConnection

    private let inspector: ServerInspector
    /// How many migrations that are over are kept.
    let rememberedMigrations: Int

    private init(
        writer: RedisConnection, reader: RedisConnection, _ endpoint: RedisEndpoint, remembering migrations: Int
    ) {
        self.writer = writer
        self.reader = reader
        rememberedMigrations = migrations
        inspector = ServerInspector(reader, endpoint)
    }

    // MARK: Asking

    /// Runs a script.
    func run(_ script: Script, _ words: [[UInt8]]) async throws(StorageError) -> RedisReply {
        let connection = script.changesStore ? writer : reader
        return try await connection.ask(changesStore: script.changesStore) { buffer in
            buffer.begin(script: script.index, keys: 0, arguments: words.count)
            for word in words { buffer.add(word) }
        }
    }

    /// Sends a command that changes nothing.
    func read(_ words: [[UInt8]]) async throws(StorageError) -> RedisReply {
        try await reader.ask(changesStore: false) { buffer in
            buffer.begin(words.count)
            for word in words { buffer.add(word) }
        }
    }

    /// Sends a command that changes nothing.
    func read(_ words: String...) async throws(StorageError) -> RedisReply {
        try await read(words.map { Array($0.utf8) })
    }

    // MARK: The store itself

    package var isShared: Bool { true }

    package func isNew() async throws(StorageError) -> Bool {
        try await read("HGET", CatalogKeys.counters, "pool") == .null
    }

    package func ping() async throws(StorageError) {
        _ = try await read("PING")
    }

    /// Whether the live server keeps what the catalog acknowledged, and if not, what to change: of the capabilities a
    /// catalog has `durability` or none.
    package func probe(now: Timestamp) async throws(StorageError) -> PoolProbe {
        let server = try await inspector.facts()
        let facts = server.shown.map { PoolProbe.Fact($0.name, $0.value) }
        guard let loss = server.lossInService ?? server.lossAtCrash else {
            return PoolProbe(at: now, facts: facts, capabilities: [.durability], missing: [:])
        }
        return PoolProbe(at: now, facts: facts, capabilities: [], missing: [.durability: loss])
    }

    package func shutdown() async {
        await writer.shutdown()
        await reader.shutdown()
    }
}

// MARK: Opening

extension RedisCatalogStore {
    /// Connects to the server that a URI names as those of Redis pools do, and makes a catalog of what is empty there.
    /// - Parameter migrations: How many that are over are kept.
    /// - Parameter timeoutMilliseconds: How long it waits for a connection, and for an answer.
    package static func open(
        uri: String, remembering migrations: Int = Limits.rememberedMigrations, timeoutMilliseconds: Int = 1000
    ) async throws(PoolRefusal) -> RedisCatalogStore {
        let endpoint = try endpoint(uri)
        do throws(StorageError) {
            let store = try await connect(endpoint, remembering: migrations, timeoutMilliseconds)
            try await store.prove()
            return store
        } catch {
            throw PoolRefusal("cannot open the catalog: \(error.reason)")
        }
    }

    private static func endpoint(_ uri: String) throws(PoolRefusal) -> RedisEndpoint {
        do throws(RedisURIError) {
            return try RedisEndpoint(uri: uri)
        } catch {
            throw PoolRefusal("catalog: \(error.reason)", isUsage: true)
        }
    }

    private static func connect(
        _ endpoint: RedisEndpoint, remembering migrations: Int, _ timeoutMilliseconds: Int
    ) async throws(StorageError) -> RedisCatalogStore {
        let settings = RedisConnectionSettings(
            timeoutMilliseconds: timeoutMilliseconds, capacity: Limits.pendingCatalogOperations)
        let writer = try await RedisConnection.open(endpoint, scripts: Script.sources, settings)
        do throws(StorageError) {
            let reader = try await RedisConnection.open(endpoint, scripts: Script.sources, settings)
            return RedisCatalogStore(writer: writer, reader: reader, endpoint, remembering: migrations)
        } catch {
            await writer.shutdown()
            throw error
        }
    }

    /// Lets go of the store unless it can be used.
    private func prove() async throws(StorageError) {
        do throws(StorageError) {
            _ = try await run(.upgrade, [])
            try await writer.claimFormat(CatalogKeys.formatNumber, at: CatalogKeys.format)
        } catch {
            await shutdown()
            throw error
        }
    }
}
