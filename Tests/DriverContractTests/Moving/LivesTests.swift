import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: inspection") struct LivesTests {
    @Test("lives are told in order with their roles, tombstones left out", arguments: DriverUnderTest.all)
    func roles(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let now = ManualClock().now()
            let refs = (1...7).map { QueueRef(life: QueueLife($0 * 1000), epoch: .first) }
            for ref in refs[..<6].shuffled() { try await pool.open(ref, now: now) }
            for ref in refs[1...4] { _ = try await pool.beginCapture(of: ref, for: 7) }
            for ref in refs[2...4] { try await pool.fence(ref, turn: .turn(2)) }
            for ref in refs[3...4] { try await pool.markMoved(ref, to: Epoch(2), turn: .turn(2), now: now) }
            while try await pool.clear(refs[4].life, turn: .turn(3), limit: 9) {}
            try await pool.retire(refs[5], now: now)
            _ = try await pool.openShadow(of: refs[6], turn: .turn(1, of: 9), now: now)
            let expected = [
                HeldLife(life: refs[0].life, epoch: .first, role: .serving),
                HeldLife(life: refs[1].life, epoch: .first, role: .serving, capture: 7),
                HeldLife(life: refs[2].life, epoch: .first, role: .serving, capture: 7, fence: .turn(2)),
                HeldLife(life: refs[3].life, epoch: Epoch(2), role: .moved(.turn(2))),
                HeldLife(life: refs[6].life, epoch: .first, role: .importing(.turn(1, of: 9))),
            ]
            #expect(try await pool.lives(after: QueueLife(0), limit: 100) == expected)
            #expect(try await pool.lives(after: refs[1].life, limit: 100) == Array(expected[2...]))
            #expect(try await pool.lives(after: QueueLife(999), limit: 2) == Array(expected[..<2]))
            #expect(try await pool.lives(after: refs[6].life, limit: 100) == [])
        }
    }

    @Test("an empty pool has no lives", arguments: DriverUnderTest.all)
    func none(driver: DriverUnderTest) async throws {
        try await driver.withPool { pool in
            let lives = try await pool.lives(after: QueueLife(0), limit: 9)
            #expect(lives.isEmpty)
        }
    }

    @Test("nothing is found where nothing is wrong", arguments: DriverUnderTest.all, 1...3)
    func sound(driver: DriverUnderTest, seed: Int) async throws {
        try await driver.withQueue { queue in
            let pool = queue.pool
            #expect(try await pool.inspect(QueueRef.fresh().life, repairing: true, now: queue.now) == [])
            var script = ModelScript(seed: seed)
            for step in 1...150 {
                switch script.next() {
                case .advance(let milliseconds): queue.clock.advance(milliseconds: milliseconds)
                case .collect(let limit): _ = try await queue.pool.collect(limit, now: queue.now)
                case .operation(.retire, _): break
                case .operation(let operation, _):
                    script.learn(from: await operation.perform(on: queue.pool, queue.ref, now: queue.now))
                }
                guard step.isMultiple(of: 25) else { continue }
                let before = try await pool.copy(of: queue.ref.life, now: queue.now)
                #expect(try await pool.inspect(queue.ref.life, repairing: false, now: queue.now) == [], "\(step)")
                #expect(try await pool.inspect(queue.ref.life, repairing: true, now: queue.now) == [], "\(step)")
                #expect(try await pool.copy(of: queue.ref.life, now: queue.now) == before)
            }
        }
    }
}
