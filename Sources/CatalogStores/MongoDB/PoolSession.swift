internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// The work of the thread that changes pools and flavors and begins migrations. All nodes' changes come one after the
/// other: each begins by taking the next version, which keeps other nodes out until the end of the transaction. So a
/// change may go by what it reads of other pools.
final class PoolSession: MongoSession {
    let connection: MongoConnection
    let queries: CatalogQueries
    /// That of the change that is going on.
    private(set) var version: Int64 = 0
    private var hadPools = false

    init(_ connection: MongoConnection) {
        self.connection = connection
        queries = CatalogQueries(connection, readConcern: nil)
    }

    /// The next change of the batch begins.
    func beginChange() throws(MongoFailure) {
        let state = try connection.add(1, to: "version", of: "pools")
        guard let next = state.integer("version") else { throw unreadable(CatalogSchema.state) }
        version = next
        hadPools = state.bool("registered") == true
    }

    /// Writes the entry into the audit log. The version is its number: a change has one entry at most.
    func note(_ entry: AuditEntry?) throws(MongoFailure) {
        guard let entry else { return }
        try connection.insert(CatalogSchema.audit, [entry]) { $1.write(to: &$0, number: version) }
    }

    // MARK: Pools

    func put(_ pool: Pool, over seen: Int64?, replacing former: String?) throws(MongoFailure) -> PoolRegistration {
        let old = try queries.pool(pool.name)
        guard old?.version == seen else { return .changed }
        if let owner = try owner(of: pool.uri), owner.exact != pool.name.exact { return .uriInUse(by: owner) }
        if let old, old.pool.uri.exact != pool.uri.exact, old.pool.uri.exact != former?.exact {
            guard old.queues == 0 else { return .holdsQueues(old.queues) }
            let moves = try queries.countMoves(naming: pool.name)
            guard moves == 0 else { return .movesQueues(moves) }
        }
        try touchCounters(of: pool.name)
        try connection.update(CatalogSchema.pools, [pool]) { statement, pool in
            statement.document("q") { $0.document("_id", CounterKeys.pool(pool.name)) }
            statement.document("u") { pool.write(to: &$0, version: version) }
            statement.bool("upsert", true)
        }
        try rememberPools()
        return .stored
    }

    private func owner(of uri: String) throws(MongoFailure) -> String? {
        try queries.find(CatalogSchema.pools, limit: 1) { $0.string("u", uri) }
            .first?.document("_id")?.string("p")
    }

    /// Makes the counters of a new pool. Whoever creates or removes a queue of an old one at the same time meets this
    /// as a conflict.
    private func touchCounters(of pool: String) throws(MongoFailure) {
        try connection.update(CatalogSchema.pools, 0..<CounterKeys.places) { statement, place in
            statement.document("q") { $0.document("_id", CounterKeys.counter(pool, place)) }
            statement.document("u") { update in
                update.document("$inc") { $0.int64("t", 1) }
                update.document("$setOnInsert") { $0.int64("n", 0) }
            }
            statement.bool("upsert", true)
        }
    }

    private func rememberPools() throws(MongoFailure) {
        guard !hadPools else { return }
        try connection.update(CatalogSchema.state, ["pools"]) { statement, name in
            statement.document("q") { $0.string("_id", name) }
            statement.document("u") { $0.document("$set") { $0.bool("registered", true) } }
        }
    }

    func removePool(_ name: String) throws(MongoFailure) -> PoolRemoval {
        guard let record = try queries.pool(name) else { return .removed }
        guard record.queues == 0 else { return .holdsQueues(record.queues) }
        let moves = try queries.countMoves(naming: name)
        guard moves == 0 else { return .movesQueues(moves) }
        if let flavor = record.pool.flavorName {
            let carriers = try queries.find(CatalogSchema.pools, limit: 2) { $0.string("f", flavor) }
            if carriers.count == 1 { return .lastOfFlavor(flavor) }
        }
        // With the counters: a queue that is created there meanwhile is a conflict.
        try connection.delete(CatalogSchema.pools) { filter in
            filter.document("_id") { key in
                key.document("$gt", CounterKeys.start(name))
                key.document("$lt", CounterKeys.end(name))
            }
        }
        return .removed
    }
}
