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
    /// What the service keeps for itself has no flavor, and goes to a pool of any if there is none without.
    func choose(for queue: PlacedQueue, of flavor: Flavor?, _ admits: (Pool) -> Bool = { _ in true }) -> String? {
        let others = slots.filter { $0.name != queue.pool && admits($0.pool) }
        if let pool = choose(for: queue, among: others.filter { $0.serves(flavor) }) { return pool }
        return queue.key.project.isOfService ? choose(for: queue, among: others) : nil
    }

    private func choose(for queue: PlacedQueue, among slots: [PoolSlot]) -> String? {
        PoolPlacement.choose(for: queue.key, among: slots.map(\.pool), holding: held)?.name
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

    /// The moves that are not over, by the lives that they move.
    func presentMoves() async throws(OperationError) -> [QueueLife: PresentMove] {
        var moves: [QueueLife: PresentMove] = [:]
        try await everyMigration(MigrationFilter(hasEnded: false)) { moves[$0.life] = PresentMove($0) }
        return moves
    }
}

/// A move that stands against another of the same queue.
struct PresentMove {
    let number: Int64
    /// Whether the queue is where it was to go, and its old pool kept for a way back.
    private let isKept: Bool

    init(_ record: MigrationRecord) {
        number = record.number
        isKept = Migration(record).step == .switched
    }

    /// For whoever wants to move the queue.
    var reason: String {
        isKept
            ? "Migration '\(number)' has moved the queue and keeps the way back: finish that migration, or reverse it."
            : "Migration '\(number)' moves the queue already."
    }
}
