internal import Glibc
internal import MongoEngine
internal import StoreThreads
internal import WeirDomain
internal import WeirStorage

/// What a change of queues needs to know.
struct QueueNeeds {
    var key: QueueKey?
    /// One that must not be taken.
    var life: QueueLife?
    /// The name of one that must exist.
    var pool: String?
    /// The number of one.
    var migration: Int64?
    /// Whether it is written into the log of changes.
    var isNoted = false
    /// Whether it is written into the audit log.
    var isAudited = false
}

/// The work of the thread that creates, changes and removes queues, and changes migrations. All changes of a batch,
/// made at the same time by many callers, are read for, decided in memory one after the other, and written together: a
/// handful of commands, however many they are.
final class QueueSession: MongoSession {
    let connection: MongoConnection
    private let queries: CatalogQueries
    private var needs: [QueueNeeds] = []
    private var steps: [(inout RecordBook) -> Void] = []
    /// Which counter of each pool and project this node changes.
    private var place = anyPlace

    private static var anyPlace: Int32 { .random(in: 0..<CounterKeys.places) }

    init(_ connection: MongoConnection) {
        self.connection = connection
        queries = CatalogQueries(connection, readConcern: nil)
    }

    /// Takes `step` into the batch. Its value is known when the batch is done.
    func decide<Value>(
        _ needs: QueueNeeds, _ step: @escaping (inout RecordBook) -> Value
    ) -> Conclusion<QueueSession, Value> {
        let decision = Decision<Value>()
        self.needs.append(needs)
        steps.append { decision.value = step(&$0) }
        return { _ in
            guard let value = decision.value else { throw MongoFailure(.refused, "the batch was not decided") }
            return value
        }
    }

    private final class Decision<Value> {
        var value: Value?
    }

    // MARK: Batches

    func begin(_ keys: Set<Int64>) {
        needs = []
        steps = []
    }

    func flush() throws(MongoFailure) {
        let numbers = try takeNumbers()
        var book = try read()
        for step in steps { step(&book) }
        try connection.store(book, numbering: numbers, counting: place)
    }

    func committed() {}

    func undone(_ keys: Set<Int64>) {
        // Another node may use the same counters: one of the two should take others.
        place = Self.anyPlace
    }

    /// Numbers for notes in the logs; there are enough for all that may need one.
    ///
    /// The counters come before everything else. Whoever has changed one keeps all others from its log until the
    /// commit: so numbers become visible in their order. Those of the audit log are the versions of changes of pools,
    /// which are written there too.
    private func takeNumbers() throws(MongoFailure) -> LogNumbers {
        let (noted, audited) = (needs.count { $0.isNoted }, needs.count { $0.isAudited })
        return try waitForLogs { () throws(MongoFailure) in
            LogNumbers(
                change: try firstNumber(of: noted, "last", "changes"),
                audit: try firstNumber(of: audited, "version", "pools"))
        }
    }

    private func firstNumber(of count: Int, _ field: String, _ name: String) throws(MongoFailure) -> Int64 {
        guard count > 0 else { return 0 }
        let state = try connection.add(count, to: field, of: name)
        guard let last = state.integer(field) else { throw unreadable(CatalogSchema.state) }
        return last - Int64(count) + 1
    }

    /// Begins the transaction anew while another node writes a log: nothing of it is lost yet, so it need not count
    /// as a conflict of the batch.
    private func waitForLogs(
        _ take: () throws(MongoFailure) -> LogNumbers
    ) throws(MongoFailure) -> LogNumbers {
        let deadline = Instant.now.adding(milliseconds: connection.address.timeout / 2)
        while true {
            do throws(MongoFailure) {
                return try take()
            } catch {
                guard error.kind == .conflict, Instant.now < deadline else { throw error }
                connection.abandon(after: error)
                usleep(.random(in: 300...1500))
                try connection.begin()
            }
        }
    }

    // MARK: Reading

    private func read() throws(MongoFailure) -> RecordBook {
        RecordBook(
            records: try queries.queues(Set(needs.compactMap(\.key))),
            lives: try queries.existing(Set(needs.compactMap(\.life))),
            pools: try knownPools(Set(needs.compactMap { $0.pool?.exact })),
            migrations: try queries.migrations(Set(needs.compactMap(\.migration))))
    }

    private func knownPools(_ names: Set<[UInt8]>) throws(MongoFailure) -> [[UInt8]: Bool] {
        let keys = names.map { CounterKeys.pool(String(decoding: $0, as: UTF8.self)) }
        var known: [[UInt8]: Bool] = [:]
        for document in try queries.documents(CatalogSchema.pools, keys[...]) {
            let pool = try PoolRecord(stored: document).pool
            known[pool.name.exact] = pool.state == .open && pool.weight > 0
        }
        return known
    }
}
