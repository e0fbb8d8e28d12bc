internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// Chooses pools for queues that are to move, each as if those before it had moved already.
struct PlannedPlacement {
    private let slots: [PoolSlot]
    /// How many queues each pool has, or is going to have.
    private(set) var held: [String: Int]
    private var flavors: [FlavorKey: Flavor?] = [:]

    private struct FlavorKey: Hashable {
        let project: ProjectID
        let name: String
    }

    /// - Parameters:
    ///   - slots: The pools to choose among. Those that cannot be reached are left out.
    ///   - held: How many queues each has, by name.
    init(_ slots: [PoolSlot], holding held: [String: Int]) {
        self.slots = slots.filter { $0.outage == nil }
        self.held = held
    }

    /// The name of the pool that takes the queue, among those that serve its flavor and are admitted; nil if none does.
    func choose(for queue: PlacedQueue, of flavor: Flavor?, _ admits: (Pool) -> Bool = { _ in true }) -> String? {
        let pools = slots.filter { $0.serves(flavor) }.map(\.pool).filter { $0.name != queue.pool && admits($0) }
        return PoolPlacement.choose(for: queue.key, among: pools, holding: held)?.name
    }

    /// The name of the pool that would take the queue if all were empty: it may be the one where it is.
    func preferred(by queue: PlacedQueue, of flavor: Flavor?) -> String? {
        PoolPlacement.choose(for: queue.key, among: slots.filter { $0.serves(flavor) }.map(\.pool))?.name
    }

    mutating func move(_ queue: PlacedQueue, to pool: String) {
        held[queue.pool, default: 0] -= 1
        held[pool, default: 0] += 1
    }

    /// The queue's flavor, each asked for once.
    mutating func flavor(
        of queue: PlacedQueue, _ find: (PlacedQueue) async throws(OperationError) -> Flavor?
    ) async throws(OperationError) -> Flavor? {
        guard let name = queue.flavor else { return nil }
        let key = FlavorKey(project: queue.key.project, name: name)
        if let known = flavors[key] { return known }
        let found = try await find(queue)
        flavors[key] = .some(found)
        return found
    }
}

extension Operations {
    /// The pools of this node, and how many queues each is going to have once the moves that are under way are over.
    func placement(among slots: [PoolSlot]) async throws(OperationError) -> PlannedPlacement {
        var held = try await queueCounts()
        try await everyMigration(MigrationFilter(hasEnded: false)) { record in
            let migration = Migration(record)
            guard migration.isBeforeSwitch else { return }
            held[migration.source, default: 0] -= 1
            held[migration.target, default: 0] += 1
        }
        return PlannedPlacement(slots, holding: held)
    }

    /// The numbers of the migrations that are not over, by the lives that they move.
    func movingLives() async throws(OperationError) -> [QueueLife: Int64] {
        var moving: [QueueLife: Int64] = [:]
        try await everyMigration(MigrationFilter(hasEnded: false)) { moving[$0.life] = $0.number }
        return moving
    }
}
