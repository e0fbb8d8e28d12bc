internal import MongoEngine
internal import WeirDomain
package import WeirStorage

extension MongoDBDriver {
    /// Milliseconds that one step of the preparation may take.
    private static let preparation = 60_000

    /// Any `mongodb://` URI; the database is that of the path, or `weir`.
    package static let registration = DriverRegistration(
        name: "mongodb",
        schemes: ["mongodb", "mongodb+srv"],
        matrix: CapabilityMatrix([
            .fifo: .when("the server is in a replica set or a sharded cluster"),
            .claims: .when("the server is in a replica set or a sharded cluster"),
            .atLeastOnce: .when("the server is in a replica set or a sharded cluster"),
            .durability: .when("the writes wait for the journals of a majority of a replica set (they do by default)"),
            .highThroughput: .when("the server is in a replica set or a sharded cluster"),
        ])
    ) { configuration throws(PoolRefusal) in
        let options = try MongoDBOptions(configuration.options)
        // Making what is missing may take longer than an operation may.
        let patient = try address(configuration.uri, options, answer: max(options.timeout, preparation))
        let address = try address(configuration.uri, options, answer: options.timeout)
        let hasTransactions = try await prepare(patient)
        guard let clients = MongoClients(address) else { throw PoolRefusal("uri: libmongoc cannot use it") }
        return driver(clients, options, hasTransactions: hasTransactions)
    }

    private static func address(
        _ uri: String, _ options: MongoDBOptions, answer: Int
    ) throws(PoolRefusal) -> MongoAddress {
        do throws(MongoAddress.Refusal) {
            let connections = options.writers + options.readers
            return try MongoAddress(uri, timeout: options.timeout, answer: answer, connections: connections)
        } catch {
            throw PoolRefusal("uri: \(error.reason)")
        }
    }

    /// Makes what is missing in the database, and says whether the server has transactions.
    private static func prepare(_ address: MongoAddress) async throws(PoolRefusal) -> Bool {
        let kind = await MongoConnection.use(address) { connection throws(MongoFailure) in
            try Schema.prepare(connection)
            return try Deployment(connection).kind
        }
        switch kind {
        case .success(let kind): return kind != .standalone
        case .failure(let failure): throw PoolRefusal("cannot connect: \(failure.reason)")
        }
    }

    private static func driver(
        _ clients: MongoClients, _ options: MongoDBOptions, hasTransactions: Bool
    ) -> MongoDBDriver {
        let patience = clients.address.timeout * 3 / 2
        // What a majority has is not yet all that was acknowledged if writes wait for fewer.
        let readConcern = hasTransactions && clients.address.acknowledgedBy == "majority" ? "majority" : "local"
        let writers = (0..<options.writers).map { _ in
            MongoThreads.start(
                hasTransactions ? .transactions : .commands, on: clients,
                capacity: Limits.pendingOperationsPerPool, batch: Limits.operationsPerCommit, patience: patience
            ) { PoolSession($0, remembers: hasTransactions) }
        }
        let readers = MongoThreads.start(
            .commands, threads: options.readers, on: clients, capacity: Limits.pendingOperationsPerPool, batch: 16,
            patience: patience
        ) { PoolReader($0, readConcern: readConcern, remembers: hasTransactions) }
        return MongoDBDriver(clients, writers: writers, readers: readers)
    }
}
