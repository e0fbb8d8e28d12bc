import MemoryDriver
import Synchronization
import TestSupport
import WeirCatalog
import WeirDomain
import WeirMigration
import WeirStorage

/// One queue that clients use through several nodes while it is moved to and fro, and nodes are killed, frozen and cut
/// off. The real router, worker and state machine over memory pools and a memory catalog; a seed decides everything.
///
/// Checked all along, by what clients were told: I1 what was acknowledged is there, I2 what was deleted is not, I3 claims
/// hold, I4 sequences rise, I5 (by I4) one pool accepts. Checked in between: I6 epochs never fall. Checked at the end,
/// when nothing fails any more: I7 every move ends and the queue is used, I8 nothing of a move is left.
final class MoveSimulation: Sendable {
    let seed: UInt64
    let world: SimulatedWorld
    private let nodes = Mutex<[SimulatedNode]>([])
    /// All that ever ran, the dead ones too.
    private let started = Mutex<[SimulatedNode]>([])
    private let names = Atomic<Int>(0)
    private let isOver = Atomic<Bool>(false)
    let key: QueueKey

    private static let key: QueueKey = {
        guard let project = ProjectID("team"), let name = QueueName("orders") else { preconditionFailure() }
        return QueueKey(project: project, name: name)
    }()

    /// Moves in one run.
    private static let moves = 2
    /// How long a move may take once nothing fails any more.
    private static let patienceMilliseconds: Int64 = 120_000

    init(seed: UInt64, planted: PlantedRule? = nil) {
        self.seed = seed
        world = SimulatedWorld(seed: seed, planted: planted)
        key = Self.key
    }

    private var history: MoveHistory { world.history }

    /// Runs it, and returns what was wrong.
    func run() -> [String] {
        world.executor.run { await self.play() }
        for node in started.withLock({ $0 }) { node.vanish() }
        world.vanish()
        return history.violations
    }

    private func play() async {
        await setUp()
        await withDiscardingTaskGroup { group in
            for number in 0..<3 { group.addTask { await self.client(number) } }
            group.addTask { await self.trouble() }
            group.addTask { await self.watchEpochs() }
            await self.move()
            self.isOver.store(true, ordering: .relaxed)
        }
        await checkEnd()
        for node in nodes.withLock({ $0 }) { node.kill() }
    }

    // MARK: The service

    private func setUp() async {
        for pool in SimulatedWorld.pools {
            _ = try? await world.catalog.add(Pool(name: pool, uri: "sim:\(pool)", weight: 100))
        }
        let record = QueueRecord(
            key: key, life: QueueLife(Int64(seed % 1000) + 1), epoch: .first, pool: "a", metadata: Array("{}".utf8))
        _ = try? await world.catalog.insert(record)
        for place in 0..<3 {
            let node = await startNode()
            nodes.withLock { $0.insert(node, at: place) }
        }
    }

    private func startNode() async -> SimulatedNode {
        let number = names.add(1, ordering: .relaxed).newValue
        let node = SimulatedNode(id: "node-\(number)", world: world, settings: settings)
        started.withLock { $0.append(node) }
        await node.run()
        return node
    }

    /// In every other run moves that wait keep few marks, and are looked at often.
    private var settings: MigrationSettings {
        var settings = MigrationSettings()
        guard seed.isMultiple(of: 4) || seed % 4 == 1 else { return settings }
        settings.reviewMilliseconds = 300
        settings.keptChanges = 4
        return settings
    }

    func node() -> SimulatedNode {
        let place = world.random(0...2)
        return nodes.withLock { $0[place] }
    }

    func pause(_ range: ClosedRange<Int>) async {
        await world.executor.sleep(milliseconds: world.random(range))
    }

    var continues: Bool { !isOver.load(ordering: .relaxed) && history.violations.isEmpty }

    // MARK: Trouble

    /// Nodes die and come back, freeze, and lose the catalog.
    private func trouble() async {
        while continues, world.areFaultsOn {
            await pause(100...1500)
            let place = world.random(0...2)
            let node = nodes.withLock { $0[place] }
            switch world.random(0...3) {
            case 0:
                history.note("\(world.executor.now) \(node.id) dies")
                history.count("killed")
                node.kill()
                await pause(0...300)
                let fresh = await startNode()
                nodes.withLock { $0[place] = fresh }
            case 1:
                history.note("\(world.executor.now) \(node.id) freezes")
                history.count("frozen")
                node.freeze(milliseconds: Int64(world.random(100...6000)))
            case 2:
                history.count("cut off")
                node.setCutOff(true)
                await pause(50...1500)
                node.setCutOff(false)
            default: break
            }
        }
    }

    /// Epochs never fall (I6).
    private func watchEpochs() async {
        var last = Epoch.first
        while continues {
            if let record = try? await world.catalog.queue(key) {
                if record.epoch < last { history.violate("epoch \(record.epoch.value) after \(last.value) (I6)") }
                last = max(last, record.epoch)
            }
            await pause(20...100)
        }
    }

    // MARK: The operator

    /// Moves the queue a few times, and changes its mind now and then.
    private func move() async {
        await pause(0...200)
        for _ in 0..<Self.moves {
            guard continues, let number = await begin() else { continue }
            await meddle(number)
            await waitForEnd(number)
        }
    }

    private func begin() async -> Int64? {
        guard let record = try? await world.catalog.queue(key) else { return nil }
        let migration = Migration(
            number: 0, key: key, life: record.life, from: record.pool, to: record.pool == "a" ? "b" : "a",
            firstEpoch: record.epoch, keepSourceSeconds: world.oneIn(2) ? 0 : 3, waitsForCutover: world.oneIn(6),
            created: world.now)
        guard case .begun(let number)? = try? await world.catalog.begin(migration.record(version: 1), noting: nil) else {
            return nil
        }
        history.note("\(world.executor.now) migration \(number) from \(migration.from) to \(migration.to)")
        return number
    }

    private func meddle(_ number: Int64) async {
        if world.oneIn(6) { return await reverseAtOnce(number) }
        guard world.oneIn(2) else { return }
        for _ in 0..<world.random(1...3) {
            await pause(50...2500)
            let orders = Migration.Order.allCases
            await give(orders[world.random(0...orders.count - 1)], to: number)
        }
        await give(.resume, to: number)
    }

    /// Wants the queue back the moment it has gone.
    private func reverseAtOnce(_ number: Int64) async {
        let end = world.executor.now + 10_000
        while continues, world.executor.now < end {
            guard let record = try? await world.catalog.migration(number), !record.hasEnded else { return }
            if Migration(record).step == .switched { return await give(.reverse, to: number) }
            await pause(1...10)
        }
    }

    private func give(_ order: Migration.Order, to number: Int64) async {
        guard let record = try? await world.catalog.migration(number) else { return }
        var migration = Migration(record)
        do throws(MigrationRefusal) {
            try migration.obey(order, of: "operator", at: world.now)
        } catch {
            return
        }
        guard (try? await world.catalog.replace(migration.record(version: record.version), switching: nil)) == true else {
            return
        }
        history.count(order.rawValue)
        history.note("\(world.executor.now) \(order.rawValue) of migration \(number)")
    }

    /// Faults end some time after a move began; from then on it has to come to an end (I7).
    private func waitForEnd(_ number: Int64) async {
        let end = world.executor.now + 20_000
        while continues, world.executor.now < end {
            if await hasEnded(number) { return }
            await pause(50...200)
        }
        await give(.resume, to: number)
        await give(.cutover, to: number)
        world.endFaults()
        let limit = world.executor.now + Self.patienceMilliseconds
        while continues {
            if await hasEnded(number) { return }
            guard world.executor.now < limit else {
                return history.violate("migration \(number) does not end: \(await describe(number)) (I7)")
            }
            await give(.resume, to: number)
            await pause(100...300)
        }
    }

    private func describe(_ number: Int64) async -> String {
        guard let record = try? await world.catalog.migration(number) else { return "no record" }
        let migration = Migration(record)
        let events = migration.history.suffix(8).map { "\($0.at.milliseconds) \($0.actor): \($0.reason)" }
        return "\(migration.step) turn \(migration.turn), \(migration.progress); " + events.joined(separator: "; ")
    }

    private func hasEnded(_ number: Int64) async -> Bool {
        guard let record = try? await world.catalog.migration(number), record.hasEnded else { return false }
        history.count(record.state)
        if Migration(record).history.contains(where: { $0.reason.hasPrefix("copying anew: more than") }) {
            history.count("given up while it waited")
        }
        history.note("\(world.executor.now) migration \(number) is \(record.state)")
        if record.state == MigrationState.failed.rawValue {
            history.violate("migration \(number) failed: \(Migration(record).error ?? "")")
        }
        return true
    }
}

extension MoveSimulation {
    // MARK: The end

    /// When all is quiet: everything acknowledged is found through every node, and nothing of a move is left (I8).
    private func checkEnd() async {
        guard history.violations.isEmpty else { return }
        world.endFaults()
        for node in nodes.withLock({ $0 }) {
            node.setCutOff(false)
            await node.thaw()
        }
        while world.hasLateCalls { await world.executor.sleep(milliseconds: 100) }
        // The sweeper comes by within ten seconds.
        await world.executor.sleep(milliseconds: 25_000)
        for _ in 0..<6 { await list() }
        guard let record = try? await world.catalog.queue(key) else { return history.violate("the queue is gone") }
        for (name, store) in world.stores.sorted(by: { $0.key < $1.key }) {
            let lives = (try? await store.lives(after: QueueLife(.min), limit: 10)) ?? []
            for life in lives {
                let isServing = life.role == .serving && life.capture == nil && life.fence == nil
                guard isServing, name == record.pool, life.epoch == record.epoch else {
                    history.violate("pool \(name) holds \(life), but the queue is in \(record.pool) (I8)")
                    continue
                }
            }
        }
    }
}
