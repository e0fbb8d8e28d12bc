import MemoryDriver
import Synchronization
import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

@Suite("A pool that refuses") struct RefusingPoolTests {
    @Test("a move to a full pool fails after a while, and the queue stays what it was")
    func fails() async throws {
        let world = SimulatedWorld(seed: 1, planted: nil, full: "b")
        world.endFaults()
        let outcome = Mutex<Outcome?>(nil)
        world.executor.run {
            let found = await Self.move(in: world)
            outcome.withLock { $0 = found }
        }
        let found = try #require(outcome.withLock { $0 })
        #expect(found.migration.outcome == .failed)
        #expect(found.migration.error == "pool b: it is full")
        #expect(found.took < 120_000)
        #expect(found.pool == "a")
        #expect(found.left.map(\.role) == [.serving])
        #expect(found.left.map(\.capture) == [nil])
        #expect(found.copied.isEmpty)
    }

    private struct Outcome {
        let migration: Migration
        /// Virtual milliseconds.
        let took: Int64
        /// Where the queue is in the end.
        let pool: String
        /// What the pools hold.
        let left: [HeldLife]
        let copied: [HeldLife]
    }

    /// Moves a queue that holds a message from `a` to `b`, until that is over.
    private static func move(in world: SimulatedWorld) async -> Outcome? {
        let key = QueueKey(project: ProjectID("team")!, name: QueueName("orders")!)
        let record = QueueRecord(key: key, life: QueueLife(1), epoch: .first, pool: "a", metadata: Array("{}".utf8))
        for pool in SimulatedWorld.pools {
            _ = try? await world.catalog.add(Pool(name: pool, uri: "sim:\(pool)", weight: 100))
        }
        _ = try? await world.catalog.insert(record)
        try? await world.stores["a"]?.open(record.ref, now: world.now)
        let message = NewMessage(nonce: world.bits(), body: MessageBody("1"), ttl: 3600, delay: 0)
        _ = try? await world.stores["a"]?.post([message], from: ClientID("client"), to: record.ref, now: world.now)
        let start = world.executor.now
        let migration = Migration(
            number: 0, key: key, life: record.life, from: "a", to: "b", firstEpoch: record.epoch, keepSourceSeconds: 0,
            created: world.now)
        guard case .begun(let number)? = try? await world.catalog.begin(migration.record(version: 1), noting: nil) else {
            return nil
        }
        let node = SimulatedNode(id: "node", world: world)
        await node.run()
        defer { node.kill() }
        while let found = try? await world.catalog.migration(number) {
            if found.hasEnded || world.executor.now > start + 600_000 { return await outcome(found, since: start, in: world) }
            await world.executor.sleep(milliseconds: 100)
        }
        return nil
    }

    private static func outcome(_ record: MigrationRecord, since start: Int64, in world: SimulatedWorld) async -> Outcome? {
        Outcome(
            migration: Migration(record), took: world.executor.now - start,
            pool: (try? await world.catalog.queue(record.key))?.pool ?? "",
            left: (try? await world.stores["a"]?.lives(after: QueueLife(.min), limit: 10)) ?? [],
            copied: (try? await world.stores["b"]?.lives(after: QueueLife(.min), limit: 10)) ?? [])
    }
}
