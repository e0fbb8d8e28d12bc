package import WeirDomain

/// The catalog's record of a queue: where it is and what its owner said about it.
package struct QueueRecord: Hashable, Sendable {
    package var key: QueueKey
    package var life: QueueLife
    package var epoch: Epoch
    /// The name of the pool that holds it.
    package var pool: String
    /// The text of a JSON object.
    package var metadata: [UInt8]
    /// Grows with every change of the record; a change names the version it saw.
    package var version: Int64

    package init(
        key: QueueKey, life: QueueLife, epoch: Epoch, pool: String, metadata: [UInt8], version: Int64 = 1
    ) {
        self.key = key
        self.life = life
        self.epoch = epoch
        self.pool = pool
        self.metadata = metadata
        self.version = version
    }

    /// What an operation on the queue carries to its pool.
    package var ref: QueueRef { QueueRef(life: life, epoch: epoch) }
}

/// A queue that is gone from the catalog and may still be in its pool.
package struct Retirement: Hashable, Sendable {
    package let ref: QueueRef
    package let pool: String

    package init(ref: QueueRef, pool: String) {
        self.ref = ref
        self.pool = pool
    }
}

/// What became of the creation of a queue.
package enum QueueInsertion: Sendable {
    case inserted
    /// Somebody created it before: their record, untouched.
    case exists(QueueRecord)
    /// The life is taken by another queue: mint another.
    case lifeTaken
    /// The pool is not registered any more, or takes no new queues: choose another.
    case poolClosed
}

/// A pool as the catalog knows it.
package struct PoolRecord: Hashable, Sendable {
    package var pool: Pool
    /// Queues whose route points at it.
    package var queues: Int
    /// Grows with every change of the registration, and differs between two pools of the same name.
    package var version: Int64

    package init(pool: Pool, queues: Int, version: Int64) {
        self.pool = pool
        self.queues = queues
        self.version = version
    }
}

/// What became of the registration of a pool.
package enum PoolRegistration: Hashable, Sendable {
    case stored
    /// The catalog has something else of the pool than the caller saw; nothing was changed.
    case changed
    /// Another pool, of this name, has the uri.
    case uriInUse(by: String)
    /// The uri of a pool that holds queues cannot change: how many it holds.
    case holdsQueues(Int)
    /// Nor can that of one that so many migrations which are not over name.
    case movesQueues(Int)
}

/// What became of the removal of a pool.
package enum PoolRemoval: Hashable, Sendable {
    /// Gone, or never was.
    case removed
    /// It holds this many queues.
    case holdsQueues(Int)
    /// So many migrations that are not over name it.
    case movesQueues(Int)
    /// No other pool carries the name of its flavor.
    case lastOfFlavor(String)
}

/// What became of a change of a flavor.
package enum FlavorRegistration: Hashable, Sendable {
    case stored
    /// The catalog has something else of the flavor than the caller saw; nothing was changed.
    case changed
    /// A pool of this name does not exist; nothing was changed.
    case unknownPool(String)
}

/// Some projects that have queues.
package struct ProjectPage: Hashable, Sendable {
    package var projects: [ProjectID]
    /// What the next page begins after; nil if there is none.
    package var next: [UInt8]?

    package init(projects: [ProjectID], next: [UInt8]?) {
        self.projects = projects
        self.next = next
    }
}

/// The catalog's store: queues, pools and flavors, shared by all nodes that use it.
///
/// Each operation is atomic and durable when it returns. Two that race take effect one after the other.
package protocol CatalogStore: MigrationStore, DocumentStore {
    // MARK: Queues

    /// The record of the queue as it is now; nil if there is no such queue.
    func queue(_ key: QueueKey) async throws(StorageError) -> QueueRecord?

    /// Creates the record if no queue of that key exists and its pool is open.
    func insert(_ record: QueueRecord) async throws(StorageError) -> QueueInsertion

    /// Replaces the record of the same key, life and version by this one with the next version.
    /// False if there is none such: it was changed or removed meanwhile.
    func replace(_ record: QueueRecord) async throws(StorageError) -> Bool

    /// Removes and returns the record, and remembers that its pool has yet to retire that life.
    func remove(_ key: QueueKey) async throws(StorageError) -> QueueRecord?

    /// Lives after this one that pools have yet to retire, in order, at most `limit`.
    func retirements(after life: QueueLife, limit: Int) async throws(StorageError) -> [Retirement]

    /// Forgets a retirement: the pool has done it.
    func retired(_ life: QueueLife) async throws(StorageError)

    /// The project's queues in byte order of their names, after this name.
    func queues(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [QueueRecord]

    /// Projects that have queues, page by page, about `limit` on each. One that has some throughout stands on some page;
    /// one that gets its first or loses its last meanwhile may or may not, and any may stand on two.
    /// - Parameter cursor: Nil at first, then what the page before gave.
    func projects(after cursor: [UInt8]?, limit: Int) async throws(StorageError) -> ProjectPage

    /// How many queues the project has.
    func queueCount(of project: ProjectID) async throws(StorageError) -> Int

    /// Which of these lives are those of queues that there are. Meant for some hundred at a time: each is looked up.
    func existing(_ lives: [QueueLife]) async throws(StorageError) -> Set<QueueLife>

    // MARK: Pools

    /// All pools in byte order of their names.
    func pools() async throws(StorageError) -> [PoolRecord]

    /// Creates the pool or replaces the one of that name, if what the catalog has of it is still what the caller went by:
    /// of two callers who saw the same, one stores, and the other has to look again. A pool that holds queues keeps its
    /// uri, unless that is `former`: the caller knows that both lead to the same store. What is stored is noted in the
    /// audit log in the same step, here and below.
    /// - Parameter seen: The version of the pool's record; nil if there was no such pool.
    func put(
        _ pool: Pool, over seen: Int64?, replacing former: String?, noting entry: AuditEntry?
    ) async throws(StorageError) -> PoolRegistration

    /// Removes the pool, unless queues live there or it is the last that names its flavor.
    func removePool(_ name: String, noting entry: AuditEntry?) async throws(StorageError) -> PoolRemoval

    // MARK: Flavors

    /// The project's flavor of this name; nil if it has none.
    func flavor(_ name: String, of project: ProjectID) async throws(StorageError) -> Flavor?

    /// The project's flavors in byte order of their names, after this name.
    func flavors(
        of project: ProjectID, after name: String, limit: Int
    ) async throws(StorageError) -> [Flavor]

    /// What flavors of this name require, those of all projects together.
    func requirements(ofFlavor name: String) async throws(StorageError) -> CapabilitySet

    /// Creates or replaces the flavor, if the catalog still has of it what the caller saw, and writes its name on these
    /// pools; with `detachingOthers` the name is taken off all others that carry it. Of two callers who saw the same and
    /// want something else, one stores, and the other has to look again.
    /// - Parameter seen: The flavor as it was; nil if there was none of that name.
    func put(
        _ flavor: Flavor, over seen: Flavor?, pools: [String], detachingOthers: Bool, noting entry: AuditEntry?
    ) async throws(StorageError) -> FlavorRegistration

    /// Removes the flavor and takes its name off all pools.
    func removeFlavor(_ name: String, of project: ProjectID, noting entry: AuditEntry?) async throws(StorageError)

    // MARK: Logs

    /// Entries of the audit log in order, after this number.
    func audit(after number: Int64, limit: Int) async throws(StorageError) -> [AuditEntry]

    /// Queues whose records were replaced or removed after this point of the log of changes, in no order; with nil
    /// none, only where the log ends. The store remembers the last `Limits.rememberedChanges`.
    func changes(after number: Int64?, limit: Int) async throws(StorageError) -> RecordChanges

    // MARK: The store itself

    /// Whether several nodes may work with it: then a pool must be within reach of each of them.
    var isShared: Bool { get }

    /// Whether pools were ever registered here: a new catalog has none.
    func isNew() async throws(StorageError) -> Bool

    /// Returns if the store answers.
    func ping() async throws(StorageError)

    /// Finishes what was accepted, then lets go of the store. Later calls throw `unavailable`.
    func shutdown() async
}

extension CatalogStore {
    /// The first lives that pools have yet to retire, at most `limit`.
    package func retirements(limit: Int) async throws(StorageError) -> [Retirement] {
        try await retirements(after: QueueLife(.min), limit: limit)
    }

    /// Registers a pool unless there is one of that name.
    package func add(_ pool: Pool) async throws(StorageError) -> PoolRegistration {
        try await put(pool, over: nil, replacing: nil, noting: nil)
    }

    /// Without a note.
    package func removePool(_ name: String) async throws(StorageError) -> PoolRemoval {
        try await removePool(name, noting: nil)
    }

    /// Without a note.
    package func removeFlavor(_ name: String, of project: ProjectID) async throws(StorageError) {
        try await removeFlavor(name, of: project, noting: nil)
    }
}
