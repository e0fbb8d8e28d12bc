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
            throw PoolRefusal("cannot connect: \(error.reason)")
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

    /// A user without the right to a transaction's commands would store messages and be told that it did not.
    private func proveTransactions() async throws(StorageError) {
        _ = try await connections[0].ask(changesStore: false) { buffer in
            for word in ["MULTI", "EXEC"] {
                buffer.begin(1)
                buffer.add(word)
            }
        }
    }

    /// Lets go of the store unless it can be used.
    private func prove() async throws(StorageError) {
        do throws(StorageError) {
            try await proveTransactions()
            try await upgrade()
            try await connections[0].claimFormat(QueueKeys.formatNumber, at: QueueKeys.format)
        } catch {
            await shutdown()
            throw error
        }
    }
}
