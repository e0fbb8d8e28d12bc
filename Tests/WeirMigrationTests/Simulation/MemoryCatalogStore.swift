import Synchronization
import WeirDomain
import WeirStorage

/// A catalog in memory: as little as queues that move need, each operation one plain step under a lock.
final class MemoryCatalogStore: SimulatedCatalog {
    private struct State {
        var queues: [QueueKey: QueueRecord] = [:]
        var pools: [String: PoolRecord] = [:]
        var migrations: [Int64: MigrationRecord] = [:]
        var retirements: [Retirement] = []
        var last: Int64 = 0
    }

    private let state = Mutex(State())
    /// For the planted rule that switches without looking whether the migration is still what it was.
    private let ignoresVersionAtSwitch: Bool

    init(ignoresVersionAtSwitch: Bool) {
        self.ignoresVersionAtSwitch = ignoresVersionAtSwitch
    }

    // MARK: Queues

    func queue(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        state.withLock { $0.queues[key] }
    }

    func insert(_ record: QueueRecord) async throws(StorageError) -> QueueInsertion {
        state.withLock { state in
            if let present = state.queues[record.key] { return .exists(present) }
            state.queues[record.key] = record
            return .inserted
        }
    }

    func replace(_ record: QueueRecord) async throws(StorageError) -> Bool {
        state.withLock { state in
            guard let old = state.queues[record.key], old.life == record.life, old.version == record.version else {
                return false
            }
            state.queues[record.key] = record
            state.queues[record.key]?.version += 1
            return true
        }
    }

    func remove(_ key: QueueKey) async throws(StorageError) -> QueueRecord? {
        state.withLock { state in
            guard let record = state.queues.removeValue(forKey: key) else { return nil }
            state.retirements.append(Retirement(ref: record.ref, pool: record.pool))
            return record
        }
    }

    func retirements(after life: QueueLife, limit: Int) async throws(StorageError) -> [Retirement] {
        state.withLock { state in
            let rest = state.retirements.filter { $0.ref.life > life }.sorted { $0.ref.life < $1.ref.life }
            return Array(rest.prefix(limit))
        }
    }

    func retired(_ life: QueueLife) async throws(StorageError) {
        state.withLock { $0.retirements.removeAll { $0.ref.life == life } }
    }

    func queues(of project: ProjectID, after name: String, limit: Int) async throws(StorageError) -> [QueueRecord] {
        state.withLock { $0.queues.values.filter { $0.key.project == project } }
    }

    func projects(after cursor: [UInt8]?, limit: Int) async throws(StorageError) -> ProjectPage {
        state.withLock { ProjectPage(projects: Array(Set($0.queues.keys.map(\.project))), next: nil) }
    }

    func queueCount(of project: ProjectID) async throws(StorageError) -> Int {
        state.withLock { $0.queues.count }
    }

    func existing(_ lives: [QueueLife]) async throws(StorageError) -> Set<QueueLife> {
        state.withLock { state in Set(lives).intersection(state.queues.values.map(\.life)) }
    }

    // MARK: Pools

    func pools() async throws(StorageError) -> [PoolRecord] {
        state.withLock { $0.pools.values.sorted { $0.pool.name < $1.pool.name } }
    }

    func put(
        _ pool: Pool, over seen: Int64?, replacing former: String?, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRegistration {
        state.withLock { state in
            guard state.pools[pool.name]?.version == seen else { return .changed }
            state.pools[pool.name] = PoolRecord(pool: pool, queues: 0, version: (seen ?? 0) + 1)
            return .stored
        }
    }

    func removePool(_ name: String, noting entry: AuditEntry?) async throws(StorageError) -> PoolRemoval {
        state.withLock { $0.pools[name] = nil }
        return .removed
    }

    // MARK: Migrations

    func begin(_ migration: MigrationRecord, noting entry: AuditEntry?) async throws(StorageError) -> MigrationStart {
        state.withLock { state in
            if let other = state.migrations.values.first(where: { $0.life == migration.life && !$0.hasEnded }) {
                return .alreadyMoves(other.number)
            }
            guard let queue = state.queues[migration.key], queue.life == migration.life, queue.pool == migration.from
            else { return .queueElsewhere }
            guard state.pools[migration.to] != nil else { return .unknownPool }
            state.last += 1
            var record = migration
            record.number = state.last
            record.version = 1
            state.migrations[record.number] = record
            return .begun(record.number)
        }
    }

    func migration(_ number: Int64) async throws(StorageError) -> MigrationRecord? {
        state.withLock { $0.migrations[number] }
    }

    func migration(of life: QueueLife) async throws(StorageError) -> MigrationRecord? {
        state.withLock { $0.migrations.values.first { $0.life == life && !$0.hasEnded } }
    }

    func migrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int
    ) async throws(StorageError) -> [MigrationRecord] {
        state.withLock { state in
            let found = state.migrations.values.filter { record in
                record.number > number && filter.hasEnded.map { $0 == record.hasEnded } ?? true
            }
            return Array(found.sorted { $0.number < $1.number }.prefix(limit))
        }
    }

    func replace(
        _ migration: MigrationRecord, switching route: RouteSwitch?, noting entry: AuditEntry?
    ) async throws(StorageError) -> Bool {
        state.withLock { state in
            guard let old = state.migrations[migration.number] else { return false }
            let isBlind = ignoresVersionAtSwitch && route != nil
            guard old.version == migration.version || isBlind else { return false }
            if let route {
                guard let queue = state.queues[migration.key], queue.ref == route.old else { return false }
                state.queues[migration.key]?.pool = route.pool
                state.queues[migration.key]?.epoch = route.epoch
                state.queues[migration.key]?.version += 1
            }
            state.migrations[migration.number] = migration
            state.migrations[migration.number]?.version = old.version + 1
            return true
        }
    }
}
