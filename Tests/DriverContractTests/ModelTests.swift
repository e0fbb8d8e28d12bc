import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Random histories, given to a driver and to a memory pool that never collects its garbage: every answer must
/// be the same. For the memory driver itself this says that collection changes nothing.
@Suite("Model") struct ModelTests {
    static let seeds = 1...40
    static let steps = 300

    @Test("a driver answers as the model does", arguments: DriverUnderTest.all, seeds)
    func agrees(driver: DriverUnderTest, seed: Int) async throws {
        try await DriverUnderTest.memory.withPool { model in
            try await driver.withPool { pool in
                try await play(seed, to: pool, and: model)
            }
        }
    }

    private func play(_ seed: Int, to pool: any PoolDriver, and model: any PoolDriver) async throws {
        var script = ModelScript(seed: seed)
        let clock = ManualClock()
        for step in 1...Self.steps {
            switch script.next() {
            case .advance(let milliseconds):
                clock.advance(milliseconds: milliseconds)
            case .collect(let limit):
                _ = try await pool.collect(limit, now: clock.now())
            case .operation(let operation, let queue):
                let expected = await operation.perform(on: model, queue, now: clock.now())
                let actual = await operation.perform(on: pool, queue, now: clock.now())
                try #require(actual == expected, "seed \(seed), step \(step): \(operation) on \(queue)")
                script.learn(from: expected)
            }
            guard step.isMultiple(of: 30) else { continue }
            for (operation, queue) in script.everything {
                let expected = await operation.perform(on: model, queue, now: clock.now())
                let actual = await operation.perform(on: pool, queue, now: clock.now())
                try #require(actual == expected, "seed \(seed), after step \(step): \(operation) on \(queue)")
            }
        }
    }
}
