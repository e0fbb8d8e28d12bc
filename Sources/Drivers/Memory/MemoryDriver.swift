import Synchronization
import WeirDomain
package import WeirStorage

/// A pool that keeps everything in the process, for tests only: the model that every other driver is held to.
///
/// It is written to be obviously right rather than fast: each operation is a short method of a plain struct,
/// and one lock makes them atomic. It keeps every promise of `PoolDriver`, whose words are not repeated here.
package final class MemoryDriver: Sendable {
    private let state: Mutex<State>

    private struct State {
        var pool: MemoryPool
        var isShutDown = false
    }

    /// An empty pool that nobody else sees. It may be made to break a rule.
    package init(planted: PlantedFault? = nil) {
        state = Mutex(State(pool: MemoryPool(planted: planted)))
    }

    /// The driver of `memory:` URIs. Each opening gives another empty pool, whatever follows the scheme.
    package static let registration = DriverRegistration(
        name: "memory", schemes: ["memory"],
        matrix: CapabilityMatrix([
            .fifo: .always, .claims: .always, .atLeastOnce: .always, .highThroughput: .always,
            .durability: .never(lostAtTheEnd),
        ]),
        open: { (_: PoolConfiguration) async throws(PoolRefusal) -> any PoolDriver in MemoryDriver() })

    static let lostAtTheEnd = "a memory pool is gone when its process ends: use another driver"

    /// One atomic step on the pool.
    func run<Answer: Sendable>(
        _ work: (inout MemoryPool) throws(StorageError) -> Answer
    ) throws(StorageError) -> Answer {
        try state.withLock { (state) throws(StorageError) -> Answer in
            guard !state.isShutDown else { throw .unavailable("the memory pool is shut down") }
            return try work(&state.pool)
        }
    }

    /// One atomic step on a queue that the pool serves.
    func use<Answer: Sendable>(
        _ queue: QueueRef, at now: Timestamp?, _ work: (inout MemoryQueue) -> Answer
    ) throws(StorageError) -> Answer {
        try run { (pool) throws(StorageError) in try pool.use(queue, at: now, work) }
    }

    func close() {
        state.withLock { $0 = State(pool: MemoryPool(planted: nil), isShutDown: true) }
    }
}
