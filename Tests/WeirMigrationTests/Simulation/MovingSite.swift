import MemoryDriver
import TestSupport
import WeirCatalog
import WeirDomain
import WeirMigration
import WeirStorage

/// A simulated service in which nothing fails but what a test plants: a node that moves queues from `a` to `b`, and one
/// that only serves.
final class MovingSite: Sendable {
    let world: SimulatedWorld
    let mover: SimulatedNode
    let other: SimulatedNode

    private init(_ settings: MigrationSettings) {
        world = SimulatedWorld(seed: 1, planted: nil)
        world.endFaults()
        mover = SimulatedNode(id: "mover", world: world, settings: settings)
        other = SimulatedNode(id: "other", world: world)
    }

    /// Sets one up and does `work` there.
    static func run(
        _ settings: MigrationSettings = MigrationSettings(), _ work: @escaping @Sendable (MovingSite) async -> Void
    ) {
        let site = MovingSite(settings)
        site.world.executor.run {
            for pool in SimulatedWorld.pools {
                _ = try? await site.world.catalog.add(Pool(name: pool, uri: "sim:\(pool)", weight: 100))
            }
            try? await site.other.catalog.pools.refresh()
            await work(site)
            site.mover.kill()
        }
        site.mover.vanish()
        site.other.vanish()
        site.world.vanish()
    }

    /// A queue in `a` that holds so many messages.
    func queue(_ number: Int64, messages count: Int = 1) async -> QueueRecord {
        guard let project = ProjectID("team"), let name = QueueName("orders-\(number)") else { preconditionFailure() }
        let record = QueueRecord(
            key: QueueKey(project: project, name: name), life: QueueLife(number), epoch: .first, pool: "a",
            metadata: Array("{}".utf8))
        _ = try? await world.catalog.insert(record)
        for _ in 0..<count { _ = await post(to: record) }
        return record
    }

    /// Whether a message was accepted.
    func post(to queue: QueueRecord) async -> Bool {
        let message = NewMessage(nonce: world.bits(), body: MessageBody("1"), ttl: 100_000, delay: 0)
        let ids = try? await other.catalog.withPool(of: queue.key, opening: true) { pool, route throws(StorageError) in
            try await pool.post([message], from: ClientID("client"), to: route.ref, now: self.world.now)
        }
        return ids != nil
    }

    /// Begins to move it to `b`.
    func move(_ queue: QueueRecord, keeping seconds: Int = 0, waiting: Bool = false) async -> Int64 {
        let migration = Migration(
            number: 0, key: queue.key, life: queue.life, from: "a", to: "b", firstEpoch: queue.epoch,
            keepSourceSeconds: seconds, waitsForCutover: waiting, created: world.now)
        guard case .begun(let number)? = try? await world.catalog.begin(migration.record(version: 1), noting: nil) else {
            preconditionFailure("it moves already")
        }
        return number
    }

    func migration(_ number: Int64) async -> Migration {
        guard let record = try? await world.catalog.migration(number) else { preconditionFailure("no such migration") }
        return Migration(record)
    }

    /// How many changes the source has marked for it.
    func marks(of queue: QueueRecord, for number: Int64) async -> Int? {
        let changes = try? await world.stores["a"]?.changes(
            of: queue.ref, for: number, limit: 1000, bytes: .max, now: world.now)
        return changes.map { $0.part.count + $0.left }
    }

    /// Changes it by order, between two steps of its worker.
    func change(_ number: Int64, _ change: (inout Migration) throws(MigrationRefusal) -> Void) async {
        while let record = try? await world.catalog.migration(number) {
            var migration = Migration(record)
            guard (try? change(&migration)) != nil else { return }
            if (try? await world.catalog.replace(migration.record(version: record.version), switching: nil)) == true { return }
        }
    }

    /// Milliseconds until it has come to this state; nil if it has not within the limit.
    func time(until state: MigrationState, of number: Int64, limit: Int64) async -> Int64? {
        let begun = world.executor.now
        while world.executor.now - begun <= limit {
            if await migration(number).state == state { return world.executor.now - begun }
            await world.executor.sleep(milliseconds: 20)
        }
        return nil
    }
}
