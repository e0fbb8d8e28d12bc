import MemoryDriver
import Testing
package import WeirDomain
import WeirDrivers
package import WeirStorage

/// A driver that the contract suite holds to its promises. `all` has every driver of the build: a new one is
/// tested because it is registered, and no test is edited.
package struct DriverUnderTest: Sendable, CustomTestStringConvertible {
    /// That of the registration.
    package let name: String
    /// What the driver says it can offer.
    package let matrix: CapabilityMatrix
    private let freshStore: @Sendable () async throws -> TestStore
    /// Stores on a server that all tests share keep each other waiting, beyond the time that their clients have.
    private let gate: Gate?

    /// The name, for the lines that the test run prints.
    package var testDescription: String { name }

    /// The memory driver, which is the model, and every driver of the registry.
    package static let all = [memory] + BuiltInDrivers.registry.drivers.map(DriverUnderTest.init)

    /// The model.
    package static let memory = DriverUnderTest(MemoryDriver.registration)

    private init(_ registration: DriverRegistration) {
        name = registration.name
        matrix = registration.matrix
        gate = ["mongodb": Gate.mongodb, "redis": .redis][registration.name]
        freshStore = { try await TestStore(for: registration) }
    }

    /// Works with an empty store that nobody else uses, which is removed afterwards.
    package func withStore<Answer>(
        _ work: nonisolated(nonsending) (TestStore) async throws -> Answer
    ) async throws -> Answer {
        guard let gate else { return try await withFreshStore(work) }
        return try await gate.pass { try await withFreshStore(work) }
    }

    private func withFreshStore<Answer>(
        _ work: nonisolated(nonsending) (TestStore) async throws -> Answer
    ) async throws -> Answer {
        let store = try await freshStore()
        defer { store.remove() }
        return try await work(store)
    }

    /// Works with a pool on an empty store, and shuts it down afterwards.
    package func withPool<Answer>(
        _ work: nonisolated(nonsending) (any PoolDriver) async throws -> Answer
    ) async throws -> Answer {
        try await withStore { store in try await Self.withPool(on: store, work) }
    }

    /// Works with a pool of this driver and one of another, or another one of this, each on a store of its own.
    package func withPools<Answer>(
        _ other: DriverUnderTest,
        _ work: nonisolated(nonsending) (any PoolDriver, any PoolDriver) async throws -> Answer
    ) async throws -> Answer {
        // Through one gate at a time: who held a place while waiting for another could wait for ever.
        guard let gate = gate ?? other.gate else { return try await withFreshPools(other, work) }
        return try await gate.pass { try await withFreshPools(other, work) }
    }

    private func withFreshPools<Answer>(
        _ other: DriverUnderTest,
        _ work: nonisolated(nonsending) (any PoolDriver, any PoolDriver) async throws -> Answer
    ) async throws -> Answer {
        try await withFreshStore { store in
            try await Self.withPool(on: store) { pool in
                try await other.withFreshStore { store in
                    try await Self.withPool(on: store) { other in try await work(pool, other) }
                }
            }
        }
    }

    private static func withPool<Answer>(
        on store: TestStore, _ work: nonisolated(nonsending) (any PoolDriver) async throws -> Answer
    ) async throws -> Answer {
        let pool = try await store.open()
        do {
            let answer = try await work(pool)
            await pool.shutdown()
            return answer
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    /// Works with a freshly opened queue on a pool of its own.
    package func withQueue<Answer>(
        _ work: nonisolated(nonsending) (QueueUnderTest) async throws -> Answer
    ) async throws -> Answer {
        try await withPool { pool in
            try await work(try await QueueUnderTest.open(on: pool, clock: ManualClock()))
        }
    }
}
