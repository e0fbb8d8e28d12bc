import TestSupport
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

    /// The audit log has these and nothing else, whatever their numbers.
    func expectAudit(_ entries: [AuditEntry]) async throws {
        let found = try await audit(after: 0, limit: 100)
        let numbered = zip(entries, found).map { entry, found in
            var entry = entry
            entry.number = found.number
            return entry
        }
        #expect(found == numbered && found.count == entries.count)
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

extension AuditEntry {
    /// Something that was done to `subject`.
    static func of(_ action: String, _ subject: String = "jobs") -> AuditEntry {
        AuditEntry(
            at: Timestamp(milliseconds: 5), actor: "team", action: action, subject: subject, before: Array("null".utf8),
            after: Array("é".utf8))
    }
}

extension MigrationRecord {
    /// A migration of the queue, away from where it is.
    static func of(_ queue: QueueRecord, to pool: String = "b", document: String = "{}") -> MigrationRecord {
        MigrationRecord(
            key: queue.key, life: queue.life, from: queue.pool, to: pool, state: "planned",
            document: Array(document.utf8))
    }
}

extension MigrationStore {
    /// Begins a migration that nothing speaks against, and returns what the store has of it.
    @discardableResult
    func begin(_ migration: MigrationRecord) async throws -> MigrationRecord {
        var begun = migration
        begun.number = try #require(try await begin(migration, noting: nil).number)
        return begun
    }

    /// Changes a migration as it was seen, and returns what the store has of it.
    @discardableResult
    func change(
        _ migration: MigrationRecord, switching route: RouteSwitch? = nil, _ change: (inout MigrationRecord) -> Void
    ) async throws -> MigrationRecord {
        var changed = migration
        change(&changed)
        #expect(try await replace(changed, switching: route))
        changed.version += 1
        return changed
    }

    /// The numbers of all migrations that the filter finds.
    func numbers(_ filter: MigrationFilter, after number: Int64 = 0, limit: Int = 1000) async throws -> [Int64] {
        try await migrations(filter, after: number, limit: limit).map(\.number)
    }
}

extension MigrationStart {
    /// That of the migration which has begun.
    var number: Int64? {
        if case .begun(let number) = self { number } else { nil }
    }
}

extension RouteSwitch {
    /// Into the pool, under the next epoch.
    static func of(_ queue: QueueRecord, to pool: String = "b") -> RouteSwitch {
        RouteSwitch(old: queue.ref, pool: pool, epoch: Epoch(queue.epoch.value + 1))
    }
}

extension Timestamp {
    /// When the tests of documents begin.
    static let start = Timestamp(milliseconds: 1_000_000)

    func adding(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: self.milliseconds + milliseconds) }
}

extension Document {
    static func of(
        _ name: String, in owner: String = "jobs", of project: String = "team", kind: Kind = .lease,
        content: String = "{}", expires: Timestamp? = nil
    ) throws -> Document {
        Document(key: try .of(name, in: owner, of: project, kind: kind), content: Array(content.utf8), expires: expires)
    }
}

extension Document.Key {
    static func of(
        _ name: String, in owner: String = "jobs", of project: String = "team", kind: Document.Kind = .lease
    ) throws -> Document.Key {
        Document.Key(kind: kind, project: try .named(project), owner: owner, name: name)
    }
}

extension DocumentStore {
    /// The names of the documents of `jobs`.
    func names(
        _ kind: Document.Kind = .lease, in owner: String = "jobs", of project: String = "team", after name: String = "",
        limit: Int = 1000, now: Timestamp = .start
    ) async throws -> [String] {
        try await documents(kind, of: .named(project), in: owner, after: name, limit: limit, now: now).map(\.key.name)
    }
}
