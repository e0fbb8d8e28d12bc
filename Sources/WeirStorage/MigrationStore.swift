package import WeirDomain

/// The catalog's record of a migration. Stores look at what stands here; `document` is the rest, as text of a JSON
/// object that only its writer understands.
package struct MigrationRecord: Hashable, Sendable {
    /// Given by the catalog, in the order in which migrations begin: 1, 2, 3, …
    package var number: Int64
    package var key: QueueKey
    /// The life that moves.
    package var life: QueueLife
    /// The names of the pools.
    package var from: String
    package var to: String
    package var state: String
    /// Whether it is over: then nothing of it is left in any pool, and the queue may move again.
    package var hasEnded: Bool
    package var document: [UInt8]
    /// Grows with every change of the record; a change names the version it saw.
    package var version: Int64

    package init(
        number: Int64 = 0, key: QueueKey, life: QueueLife, from: String, to: String, state: String,
        hasEnded: Bool = false, document: [UInt8], version: Int64 = 1
    ) {
        self.number = number
        self.key = key
        self.life = life
        self.from = from
        self.to = to
        self.state = state
        self.hasEnded = hasEnded
        self.document = document
        self.version = version
    }
}

/// What became of the beginning of a migration.
package enum MigrationStart: Hashable, Sendable {
    /// Recorded under this number.
    case begun(Int64)
    /// The life has a migration that is not over: its number.
    case alreadyMoves(Int64)
    /// The queue is not there, has another life, or is not in `from`.
    case queueElsewhere
    /// No pool has the name `to`.
    case unknownPool
}

/// The change of a queue's route that a migration makes.
package struct RouteSwitch: Hashable, Sendable {
    /// The route that was.
    package let old: QueueRef
    /// The name of the pool that the queue is in from now on, and the epoch.
    package let pool: String
    package let epoch: Epoch

    package init(old: QueueRef, pool: String, epoch: Epoch) {
        self.old = old
        self.pool = pool
        self.epoch = epoch
    }
}

/// Which migrations are asked for: those that meet everything that is set.
package struct MigrationFilter: Hashable, Sendable {
    package var state: String?
    /// Nil for both those that are over and those that are not.
    package var hasEnded: Bool?
    package var project: ProjectID?
    package var queue: String?
    /// The name of either pool.
    package var pool: String?

    package init(
        state: String? = nil, hasEnded: Bool? = nil, project: ProjectID? = nil, queue: String? = nil,
        pool: String? = nil
    ) {
        self.state = state
        self.hasEnded = hasEnded
        self.project = project
        self.queue = queue
        self.pool = pool
    }
}

/// The part of a catalog that remembers migrations. As everything in `CatalogStore`, each operation is atomic and
/// durable when it returns.
///
/// A pool that a migration which is not over names as its source or target is neither removed
/// (`PoolRemoval.movesQueues`) nor given another uri (`PoolRegistration.movesQueues`).
package protocol MigrationStore: Sendable {
    /// Records a migration and gives it the next number; version 1 and not over, whatever the record says. Of those that
    /// are over the last `Limits.rememberedMigrations`, by number, are kept; one beginning forgets a bounded number.
    /// What stands in its way is told in the order `alreadyMoves`, `queueElsewhere`, `unknownPool`.
    func begin(_ migration: MigrationRecord, noting entry: AuditEntry?) async throws(StorageError) -> MigrationStart

    /// The migration of this number; nil if there is none, or no more.
    func migration(_ number: Int64) async throws(StorageError) -> MigrationRecord?

    /// The migration of this life that is not over. An index has it: O(log n).
    func migration(of life: QueueLife) async throws(StorageError) -> MigrationRecord?

    /// Migrations after this number, in order, at most `limit`. Those that are not over are found without passing over
    /// those that are.
    func migrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int
    ) async throws(StorageError) -> [MigrationRecord]

    /// Replaces state, `hasEnded` and document of the migration of the same number and version, which gets the next
    /// version; and, in the same atomic step, gives the queue its new route. False, and nothing is changed, if the
    /// migration has another version, or is over and shall be so no more, or the queue is gone or has not the route that
    /// was (rules R5 and R7), or its new pool is not registered. Of the
    /// queue's record, metadata stay as they are, whatever they are meanwhile; its version grows, and the log of changes
    /// has it. What is changed is noted in the audit log, in the same step too.
    func replace(
        _ migration: MigrationRecord, switching route: RouteSwitch?, noting entry: AuditEntry?
    ) async throws(StorageError) -> Bool
}

extension MigrationStore {
    /// Without a note: what workers do stands in the migration's own history.
    package func replace(
        _ migration: MigrationRecord, switching route: RouteSwitch?
    ) async throws(StorageError) -> Bool {
        try await replace(migration, switching: route, noting: nil)
    }
}
