internal import WeirDomain
internal import WeirStorage

/// Records of queues and migrations in memory: what a batch of changes finds in the catalog, and what it makes of it,
/// one change after the other.
struct RecordBook {
    private let found: [QueueKey: QueueRecord]
    private var records: [QueueKey: QueueRecord]
    /// Of those that somebody wants, the lives of queues.
    private var lives: Set<QueueLife>
    /// Of the pools that somebody names, those that exist, and whether they take new queues.
    private let takesQueues: [[UInt8]: Bool]
    private let foundMigrations: [Int64: MigrationRecord]
    private var migrations: [Int64: MigrationRecord]

    /// How many queues more, or less, the pools hold.
    private(set) var pools: [[UInt8]: Int64] = [:]
    /// How many more, or less, the projects have.
    private(set) var projects: [ProjectID: Int64] = [:]
    private(set) var retirements: [QueueLife: Retirement] = [:]
    /// Retirements to be forgotten.
    private(set) var retired: Set<QueueLife> = []
    /// Queues whose records were replaced or removed.
    private(set) var changed: [QueueKey] = []
    /// For the audit log.
    private(set) var entries: [AuditEntry] = []

    init(
        records: [QueueKey: QueueRecord], lives: Set<QueueLife>, pools: [[UInt8]: Bool],
        migrations: [Int64: MigrationRecord]
    ) {
        found = records
        self.records = records
        self.lives = lives
        takesQueues = pools
        foundMigrations = migrations
        self.migrations = migrations
    }

    // MARK: Changes

    mutating func insert(_ record: QueueRecord) -> QueueInsertion {
        if let present = records[record.key] { return .exists(present) }
        guard !lives.contains(record.life) else { return .lifeTaken }
        guard takesQueues[record.pool.exact] == true else { return .poolClosed }
        records[record.key] = record
        lives.insert(record.life)
        pools[record.pool.exact, default: 0] += 1
        projects[record.key.project, default: 0] += 1
        return .inserted
    }

    mutating func replace(_ record: QueueRecord) -> Bool {
        guard let old = records[record.key], old.life == record.life, old.version == record.version,
            takesQueues[record.pool.exact] != nil
        else { return false }
        records[record.key] = record
        records[record.key]?.version &+= 1
        if old.pool.exact != record.pool.exact {
            pools[old.pool.exact, default: 0] -= 1
            pools[record.pool.exact, default: 0] += 1
        }
        changed.append(record.key)
        return true
    }

    mutating func remove(_ key: QueueKey) -> QueueRecord? {
        guard let record = records.removeValue(forKey: key) else { return nil }
        lives.remove(record.life)
        pools[record.pool.exact, default: 0] -= 1
        projects[key.project, default: 0] -= 1
        retirements[record.life] = Retirement(ref: record.ref, pool: record.pool)
        changed.append(key)
        return record
    }

    mutating func forgetRetirement(of life: QueueLife) {
        retired.insert(life)
        retirements[life] = nil
    }

    mutating func replace(_ migration: MigrationRecord, switching route: RouteSwitch?) -> Bool {
        guard var record = migrations[migration.number], record.version == migration.version,
            migration.hasEnded || !record.hasEnded
        else { return false }
        if let route, !follow(route, record.key) { return false }
        record.state = migration.state
        record.hasEnded = migration.hasEnded
        record.document = migration.document
        record.version += 1
        migrations[record.number] = record
        return true
    }

    /// Gives the queue its new route. False if it has not the one that was.
    private mutating func follow(_ route: RouteSwitch, _ key: QueueKey) -> Bool {
        guard var record = records[key], record.ref == route.old else { return false }
        record.pool = route.pool
        record.epoch = route.epoch
        return replace(record)
    }

    mutating func audit(_ entry: AuditEntry) {
        entries.append(entry)
    }

    // MARK: What is different

    var inserted: [QueueRecord] { records.values.filter { found[$0.key] == nil } }

    var replaced: [QueueRecord] {
        records.values.filter { record in
            guard let old = found[record.key] else { return false }
            return old != record
        }
    }

    var removed: [QueueKey] { found.keys.filter { records[$0] == nil } }

    var replacedMigrations: [MigrationRecord] {
        migrations.values.filter { foundMigrations[$0.number] != $0 }
    }

    /// How many migrations more are over.
    var endedMigrations: Int {
        migrations.values.count { $0.hasEnded && foundMigrations[$0.number]?.hasEnded == false }
    }
}
