import Logging
import MemoryDriver
import Synchronization
import TestSupport
import WeirCatalog
import WeirDomain
import WeirMigration
import WeirStorage

/// One process of a simulated service: its own memory of routes, its worker, and its ways to the catalog and the pools,
/// on which calls are late, lost, or done long after their caller has given them up. It can be frozen, cut off from the
/// catalog, and killed.
final class SimulatedNode: Sendable {
    private struct State {
        var isAlive = true
        var frozenUntil: Int64 = 0
        var isCutOff = false
        var worker: Task<Void, Never>?
    }

    let id: String
    let world: SimulatedWorld
    let counters = MigrationCounters()
    private let settings: MigrationSettings
    private let state = Mutex(State())
    private let holder = Mutex<Catalog?>(nil)

    init(id: String, world: SimulatedWorld, settings: MigrationSettings = MigrationSettings()) {
        self.id = id
        self.world = world
        self.settings = settings
    }

    var catalog: Catalog { holder.withLock { $0 } ?? start() }

    var isAlive: Bool { state.withLock { $0.isAlive } }

    private func start() -> Catalog {
        let registration = DriverRegistration(
            name: "sim", schemes: ["sim"], matrix: MemoryDriver.registration.matrix
        ) { [unowned self] configuration async throws(PoolRefusal) -> any PoolDriver in
            let name = String(configuration.uri.dropFirst("sim:".count))
            return FaultyPool(name, on: self)
        }
        let quiet = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        let store = FaultyCatalog(on: self)
        let clock = NodeClock(node: self)
        let pools = PoolDirectory(
            store: store, registry: DriverRegistry([registration]), dataDirectory: "/", clock: clock, logger: quiet,
            executor: world.executor)
        let catalog = Catalog(store: store, pools: pools, clock: clock)
        holder.withLock { $0 = catalog }
        return catalog
    }

    /// Opens the pools and begins to work on migrations.
    func run() async {
        let catalog = self.catalog
        while isAlive {
            do throws(StorageError) {
                try await catalog.pools.refresh()
                break
            } catch {
                await world.executor.sleep(milliseconds: 50)
            }
        }
        var settings = settings
        settings.isConsiderate = false
        let node = MigrationNode(
            id: id, catalog: catalog, clock: NodeClock(node: self),
            logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }, settings: settings,
            counters: counters)
        let worker = Task(executorPreference: world.executor) {
            await MigrationWorker(node).run()
        }
        state.withLock { $0.worker = worker }
    }

    // MARK: Faults

    func kill() {
        let worker = state.withLock { state in
            state.isAlive = false
            return state.worker
        }
        worker?.cancel()
    }

    /// Tells the worker to stop, and waits until it has.
    func stop() async {
        let worker = state.withLock { $0.worker }
        worker?.cancel()
        await worker?.value
    }

    /// Lets go of what it holds and what holds it: thousands of simulations run in one process.
    func vanish() {
        holder.withLock { $0 = nil }
        state.withLock { $0.worker = nil }
    }

    func freeze(milliseconds: Int64) {
        state.withLock { $0.frozenUntil = world.executor.now + milliseconds }
    }

    func setCutOff(_ isCutOff: Bool) {
        state.withLock { $0.isCutOff = isCutOff }
    }

    /// Nothing happens in a process that is frozen.
    func thaw() async {
        while true {
            let left = state.withLock { $0.frozenUntil } - world.executor.now
            guard left > 0 else { return }
            await world.executor.sleep(milliseconds: Int(left))
        }
    }

    /// A call from this node to a store: late, lost, or done later than its caller believes.
    func call<Value: Sendable>(
        catalog isCatalog: Bool, _ work: @escaping @Sendable () async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        await thaw()
        let fate = world.fate()
        await world.executor.sleep(milliseconds: fate.delay)
        await thaw()
        guard isAlive else { throw .unavailable("the node is dead") }
        if isCatalog, state.withLock({ $0.isCutOff }) { throw .unavailable("the catalog is away") }
        switch fate.kind {
        case .done: break
        case .lost: throw .unknownOutcome("lost")
        case .doneLater:
            world.later(fate.lateness) { _ = try? await work() }
            throw .unknownOutcome("late")
        case .answerLost:
            _ = try await work()
            throw .unknownOutcome("answer lost")
        }
        let value = try await work()
        await world.executor.sleep(milliseconds: fate.delay / 2)
        await thaw()
        return value
    }
}

/// Virtual time, as a node has it.
struct NodeClock: WeirClock {
    let node: SimulatedNode

    func now() -> Timestamp { Timestamp(milliseconds: node.world.executor.now) }

    func sleep(milliseconds: Int) async {
        if Task.isCancelled { return }
        await node.world.executor.sleep(milliseconds: milliseconds)
        await node.thaw()
    }
}
