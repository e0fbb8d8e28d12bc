package import Logging
package import WeirCatalog
package import WeirDomain
internal import WeirStorage

/// What the workers of one node share.
package final class MigrationNode: Sendable {
    /// Differs from that of every other node, and from that of this one before a restart.
    package let id: String
    package let catalog: Catalog
    let clock: any WeirClock
    let logger: Logger
    let settings: MigrationSettings
    let throttle: MoveThrottle
    let counters: MigrationCounters
    private let onPoint: @Sendable (MovePoint) -> Void

    /// - Parameter onPoint: Called at each point of a move, for tests that stop there.
    package init(
        id: String, catalog: Catalog, clock: any WeirClock, logger: Logger, settings: MigrationSettings,
        counters: MigrationCounters = MigrationCounters(),
        onPoint: @escaping @Sendable (MovePoint) -> Void = { _ in }
    ) {
        self.id = id
        self.catalog = catalog
        self.clock = clock
        self.logger = logger
        self.settings = settings
        self.counters = counters
        self.onPoint = onPoint
        throttle = MoveThrottle(settings, pools: catalog.pools)
    }

    var store: any CatalogStore { catalog.store }

    /// Why a pool of the migration does not work at present, as far as this node knows; nil if both work.
    func outage(for migration: Migration) -> String? {
        [migration.source, migration.target].lazy.compactMap { self.catalog.pools.pool(named: $0)?.outage }.first
    }

    /// Whether there is something to do for one that nobody has. One that has said that its pool is away waits for it, and
    /// takes no room.
    func hasWork(_ migration: Migration, at now: Timestamp) -> Bool {
        if migration.rests(at: now) { return false }
        return !migration.canWait || migration.error == nil || outage(for: migration) == nil
    }

    func reach(_ point: MovePoint) {
        onPoint(point)
    }
}
