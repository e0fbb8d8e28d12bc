internal import MongoEngine
internal import WeirDomain
package import WeirStorage

extension MongoCatalogStore {
    /// Milliseconds that one step of the preparation may take.
    private static let preparation = 60_000
    /// Threads of a store, each with a connection.
    private static let connections = 5

    /// Connects to the deployment that a `mongodb://` URI names, and makes a catalog in its database, that of the path
    /// or `weir`, if there is none.
    /// - Parameter migrations: How many that are over are kept.
    package static func open(
        uri: String, remembering migrations: Int = Limits.rememberedMigrations
    ) async throws(PoolRefusal) -> MongoCatalogStore {
        // Making what is missing may take longer than an operation may.
        let patient = try address(uri, answer: preparation)
        let address = try address(uri, answer: nil)
        try demandDurability(of: address)
        let outcome = await MongoConnection.use(patient) { connection throws(MongoFailure) in
            try demandTransactions(of: connection)
            try CatalogSchema.prepare(connection)
        }
        if case .failure(let failure) = outcome { throw PoolRefusal("cannot open the catalog: \(failure.reason)") }
        guard let clients = MongoClients(address) else { throw PoolRefusal("catalog: libmongoc cannot use the uri", isUsage: true) }
        return MongoCatalogStore(clients, remembering: migrations)
    }

    private static func address(_ uri: String, answer: Int?) throws(PoolRefusal) -> MongoAddress {
        do throws(MongoAddress.Refusal) {
            return try MongoAddress(uri, answer: answer, connections: connections)
        } catch {
            throw PoolRefusal("catalog: \(error.reason)", isUsage: true)
        }
    }

    /// Nodes read what a majority has: what was acknowledged by less may be invisible, and undone by a fail-over.
    private static func demandDurability(of address: MongoAddress) throws(PoolRefusal) {
        guard address.acknowledgedBy == "majority" else {
            throw PoolRefusal(
                "catalog: w=\(address.acknowledgedBy) is not enough: leave w out of the uri, or set it to majority",
                isUsage: true)
        }
        guard address.waitsForJournal else {
            throw PoolRefusal("catalog: writes must wait for the journal: leave journal out of the uri", isUsage: true)
        }
    }

    private static func demandTransactions(of connection: MongoConnection) throws(MongoFailure) {
        guard try Deployment(connection).kind != .standalone else {
            throw MongoFailure(
                .refused, "a standalone mongod has no transactions: start it with --replSet, and run rs.initiate()")
        }
    }
}
