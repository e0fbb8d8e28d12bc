internal import RedisEngine
internal import WeirDomain
package import WeirStorage

extension RedisDriver {
    /// `redis://[[user]:password@]host[:6379][/db]`, `redis+unix:///path.sock[?db=N]` or
    /// `redis+sentinel://host[:26379],…/master[/db]`.
    package static let registration = DriverRegistration(
        name: "redis",
        schemes: ["redis", "redis+unix", "redis+sentinel"],
        matrix: CapabilityMatrix([
            .fifo: .when(PoolFacts.keepsData), .claims: .when(PoolFacts.keepsData),
            .atLeastOnce: .when(PoolFacts.keepsData), .durability: .when(PoolFacts.keepsOnDisk),
            .highThroughput: .always,
        ])
    ) { configuration throws(PoolRefusal) in
        let endpoint = try endpoint(configuration.uri)
        let options = try RedisOptions(configuration.options)
        do throws(StorageError) {
            let driver = RedisDriver(try await connect(endpoint, options), endpoint)
            try await driver.prove()
            return driver
        } catch {
            throw PoolRefusal("cannot connect: \(words(of: error))")
        }
    }

    private static func endpoint(_ uri: String) throws(PoolRefusal) -> RedisEndpoint {
        do throws(RedisURIError) {
            return try RedisEndpoint(uri: uri)
        } catch {
            throw PoolRefusal("uri: \(error.reason)")
        }
    }

    private static func connect(
        _ endpoint: RedisEndpoint, _ options: RedisOptions
    ) async throws(StorageError) -> [RedisConnection] {
        let settings = RedisConnectionSettings(
            timeoutMilliseconds: options.timeoutMilliseconds, capacity: Limits.pendingOperationsPerPool)
        var connections: [RedisConnection] = []
        do throws(StorageError) {
            for _ in 0..<options.connections {
                connections.append(try await RedisConnection.open(endpoint, scripts: Script.sources, settings))
            }
            return connections
        } catch {
            for connection in connections { await connection.shutdown() }
            throw error
        }
    }

    /// Lets go of the store unless it can be used.
    private func prove() async throws(StorageError) {
        do throws(StorageError) {
            try await checkFormat()
        } catch {
            await shutdown()
            throw error
        }
    }

    /// Writes the number of the format into a new pool, and refuses a pool of another.
    private func checkFormat() async throws(StorageError) {
        let written = try await connections[0].ask(changesStore: true) { buffer in
            buffer.begin(4)
            for word in ["SET", QueueKeys.format, QueueKeys.formatNumber, "NX"] { buffer.add(word) }
        }
        guard written == .null else { return }
        let found = try await connections[0].ask(changesStore: false) { buffer in
            buffer.begin(2)
            for word in ["GET", QueueKeys.format] { buffer.add(word) }
        }
        guard found.text == QueueKeys.formatNumber else {
            throw .unavailable("its data have format \(found.text ?? "unknown"), this is for \(QueueKeys.formatNumber)")
        }
    }

    private static func words(of error: StorageError) -> String {
        switch error {
        case .unavailable(let reason), .refused(let reason), .unknownOutcome(let reason): reason
        case .busy: "it is busy"
        case .queueNotOpen, .staleRoute: "it answers what was not asked"
        }
    }
}
