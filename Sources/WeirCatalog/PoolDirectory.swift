package import Logging
internal import Synchronization
package import WeirDomain
package import WeirStorage

/// The pools of the catalog, open on this node.
package final class PoolDirectory: Sendable {
    let store: any CatalogStore
    package let registry: DriverRegistry
    let dataDirectory: String
    let clock: any WeirClock
    let logger: Logger
    private let executor: (any TaskExecutor)?
    private let slots = Mutex<[ExactName: PoolSlot]>([:])
    /// What was read of the catalog is taken over before anybody else reads, so nothing older comes after it. Whoever is
    /// in here waits for the catalog alone, and for no pool.
    let changes = SerialGate()
    private let orders = SerialGate()

    /// - Parameter executor: Where pools are opened and closed that nobody waits for; nil for the usual place.
    package init(
        store: any CatalogStore, registry: DriverRegistry, dataDirectory: String, clock: any WeirClock,
        logger: Logger, executor: (any TaskExecutor)? = nil
    ) {
        self.store = store
        self.registry = registry
        self.dataDirectory = dataDirectory
        self.clock = clock
        self.logger = logger
        self.executor = executor
    }

    /// Does `work` whether or not anybody waits for it.
    func beside(_ work: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: executor) { await work() }
    }

    /// All pools in byte order of their names, the virtual one left out.
    package var pools: [PoolSlot] {
        everySlot
            .filter { $0.pool.name != Pool.virtualName }
            .sorted { $0.pool.name.utf8.lexicographicallyPrecedes($1.pool.name.utf8) }
    }

    /// All pools in no order, the virtual one included.
    var everySlot: [PoolSlot] { slots.withLock { Array($0.values) } }

    package func pool(named name: String) -> PoolSlot? {
        slots.withLock { $0[ExactName(name)] }
    }

    /// The pool that there is of this name, else a new one.
    func slot(for record: PoolRecord) -> PoolSlot {
        slots.withLock { slots in
            let name = ExactName(record.pool.name)
            if let known = slots[name] { return known }
            let new = PoolSlot(record, at: clock.now(), logger: logger)
            slots[name] = new
            return new
        }
    }

    /// Takes pools off the list, all but these, and returns them.
    func removeSlots(except names: Set<ExactName>) -> [PoolSlot] {
        slots.withLock { slots in
            let gone = slots.filter { !names.contains($0.key) }
            for name in gone.keys { slots[name] = nil }
            return Array(gone.values)
        }
    }

    func removeSlot(named name: String) -> PoolSlot? {
        slots.withLock { $0.removeValue(forKey: ExactName(name)) }
    }

    /// Lets one operator after the other through: what a change is worked out from is then still so when it is stored,
    /// unless another node comes in between.
    package func inTurn<Value, Failure: Error>(
        _ order: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await orders.pass(order)
    }

    /// Closes all pools. What is being opened meanwhile is closed as soon as it is open, which nobody waits for.
    package func shutdown() async {
        let drivers = everySlot.flatMap { $0.close() }
        for driver in drivers { await driver.shutdown() }
    }
}

extension Pool {
    /// The name of the pool that serves when no other does, if the operator wants that. No pool that is
    /// registered can have it.
    package static let virtualName = ""
}
