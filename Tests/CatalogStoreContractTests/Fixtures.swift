import Testing
import WeirDomain
import WeirStorage

extension Pool {
    static func named(
        _ name: String, uri: String? = nil, weight: Int = 100, flavor: String? = nil, state: PoolState = .open
    ) -> Pool {
        Pool(name: name, uri: uri ?? "memory:\(name)", weight: weight, flavor: flavor, state: state)
    }
}

extension QueueKey {
    static func named(_ name: String, of project: String = "team") throws -> QueueKey {
        QueueKey(project: try .named(project), name: try #require(QueueName(name)))
    }
}

extension ProjectID {
    static func named(_ name: String) throws -> ProjectID {
        try #require(ProjectID(name))
    }
}

extension QueueRecord {
    /// A record of a life that no other test uses.
    static func of(
        _ key: QueueKey, in pool: String = "a", life: Int64? = nil, metadata: String = "{}"
    ) -> QueueRecord {
        QueueRecord(
            key: key, life: QueueLife(life ?? Int64.random(in: 1...Int64.max)), epoch: .first, pool: pool,
            metadata: Array(metadata.utf8))
    }
}

extension Flavor {
    static func named(
        _ name: String, of project: String = "team", required: CapabilitySet = [], listsPools: Bool = true
    ) throws -> Flavor {
        Flavor(project: try .named(project), name: name, required: required, listsPools: listsPools)
    }
}

extension CatalogStore {
    /// Registers a pool that nothing speaks against.
    func register(_ pool: Pool) async throws {
        #expect(try await put(pool) == .stored)
    }

    /// Creates a queue that nothing speaks against.
    @discardableResult
    func create(_ record: QueueRecord) async throws -> QueueRecord {
        #expect(try await insert(record).isInserted)
        return record
    }

    func pool(_ name: String) async throws -> PoolRecord? {
        try await pools().first { $0.pool.name == name }
    }

    /// How many queues the pool holds.
    func queues(in pool: String) async throws -> Int {
        try #require(try await self.pool(pool)).queues
    }

    /// The names of the flavors that the pools carry, in the order of the pools.
    func carried() async throws -> [String?] {
        try await pools().map(\.pool.flavorName)
    }

    func allRetirements() async throws -> Set<Retirement> {
        Set(try await retirements(limit: 10_000))
    }
}

extension QueueInsertion {
    var isInserted: Bool {
        if case .inserted = self { true } else { false }
    }

    var isLifeTaken: Bool {
        if case .lifeTaken = self { true } else { false }
    }

    var isPoolClosed: Bool {
        if case .poolClosed = self { true } else { false }
    }

    /// The record that was there before.
    var present: QueueRecord? {
        if case .exists(let record) = self { record } else { nil }
    }
}
