internal import Logging
internal import Synchronization
package import WeirDomain
package import WeirStorage

/// A registered pool on this node: its record, its driver while the store can be reached, and a circuit breaker.
///
/// The breaker trips after `Limits.failuresThatTrip` failures in a row. From then on callers are refused at once,
/// and only `PoolDirectory.watchPools` tries the store, until it answers again.
package final class PoolSlot: Sendable {
    struct State {
        var record: PoolRecord
        /// When this node first saw the record in its present version.
        var since: Timestamp
        var registration: DriverRegistration?
        var driver: (any PoolDriver)?
        /// What the driver was opened with.
        var address: PoolAddress?
        /// Grows with each driver.
        var generation = 0
        /// Drivers of stores that the pool had before, which nobody gets any more.
        var former: [any PoolDriver] = []
        /// The attempt to open it that goes on.
        var opening: Task<Void, Never>?
        var isClosed = false
        var probe: PoolProbe?
        /// Why the pool could not be opened.
        var failure: String?
        /// Why the breaker is open.
        var trip: String?
        /// Whether the log says that it is unreachable.
        var isReported = false
        /// What its flavor requires and its store lacks.
        var shortfall: CapabilitySet = []
        /// Chores that have not ended yet.
        var chores: Set<PoolChore> = []

        /// Whether nobody knows yet if it can be opened.
        var isUntried: Bool { driver == nil && failure == nil && !isClosed }

        var outage: String? { failure ?? trip ?? (driver == nil ? "the pool is not open" : nil) }
    }

    package let name: String
    let state: Mutex<State>
    private let failuresInARow = Atomic<Int>(0)
    private let tripCount = Atomic<Int>(0)
    private let calls = Atomic<Int>(0)
    private let latency = LatencyWatch()
    private let logger: Logger
    /// Passed by whoever opens the pool, or tries its store out.
    let exchange = SerialGate()

    init(_ record: PoolRecord, at now: Timestamp, logger: Logger) {
        name = record.pool.name
        state = Mutex(State(record: record, since: now))
        self.logger = logger
    }

    package var pool: Pool { state.withLock { $0.record.pool } }

    package var record: PoolRecord { state.withLock { $0.record } }

    /// The record and when this node first saw it in its present version.
    var recordSince: (PoolRecord, Timestamp) { state.withLock { ($0.record, $0.since) } }

    /// The name of its driver, as far as it is known.
    package var driverName: String? { state.withLock { $0.registration?.name } }

    package var probe: PoolProbe? { state.withLock { $0.probe } }

    /// Whether it has a driver.
    var isOpen: Bool { state.withLock { $0.driver != nil } }

    /// Whether nobody knows yet if it can be opened.
    var isUntried: Bool { state.withLock { $0.isUntried } }

    /// Why it does not work at present: it is not open, or does not answer. Nil if it works.
    package var outage: String? { state.withLock { $0.outage } }

    /// What it is known to be able to do: nothing, as long as it was never reached.
    package var capabilities: CapabilitySet { state.withLock { $0.probe?.capabilities ?? [] } }

    /// What its flavor requires and its store lacks, by the last probe: while there is anything, it takes no new
    /// queues of that flavor.
    package var shortfall: CapabilitySet { state.withLock { $0.shortfall } }

    /// Whether queues of this flavor, or with nil those without one, are placed here.
    package func serves(_ flavor: Flavor?) -> Bool {
        guard let flavor else { return pool.flavorName == nil }
        return flavor.admits(pool) && capabilities.missing(from: flavor.required).isEmpty
    }

    /// How often its breaker has tripped.
    package var trips: Int { tripCount.load(ordering: .relaxed) }

    // MARK: The driver

    /// The driver of a pool that works.
    package func driver() throws(StorageError) -> any PoolDriver {
        let (driver, outage) = state.withLock { ($0.driver, $0.outage) }
        guard let driver, outage == nil else { throw .cutOff(outage ?? "the pool is not open") }
        return driver
    }

    /// Likewise, with its number; nil if it does not work.
    private var working: (driver: any PoolDriver, generation: Int)? {
        state.withLock { state in
            guard let driver = state.driver, state.failure == nil, state.trip == nil else { return nil }
            return (driver, state.generation)
        }
    }

    /// Likewise. If nobody knows yet whether the pool can be opened, it waits for that.
    private func triedDriver() async throws(StorageError) -> (driver: any PoolDriver, generation: Int) {
        while true {
            let (driver, outage, generation, opening) = state.withLock { state in
                (state.driver, state.outage, state.generation, state.isUntried ? state.opening : nil)
            }
            if let driver, outage == nil { return (driver, generation) }
            guard let opening else { throw .cutOff(outage ?? "the pool is not open") }
            await opening.value
        }
    }

    private var generation: Int { state.withLock { $0.generation } }

    /// The driver, whether or not its breaker is open, and its number: for finding out whether the store is back.
    func driverBehindBreaker() throws(StorageError) -> (driver: any PoolDriver, generation: Int) {
        let (driver, generation, failure) = state.withLock { ($0.driver, $0.generation, $0.failure) }
        guard let driver else { throw .unavailable(failure ?? "the pool is not open") }
        return (driver, generation)
    }

    func update(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    // MARK: The breaker

    /// Does `work` on the store and counts how it went; a pool that is cut off is not asked, and nothing counts.
    func attempt<Value: Sendable>(
        _ work: (any PoolDriver) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        // Most calls wait for nothing.
        var (driver, generation) = if let working { working } else { try await triedDriver() }
        while true {
            let begun = beginSample()
            do throws(StorageError) {
                let value = try await work(driver)
                if let begun { latency.record(.now - begun) }
                if failuresInARow.load(ordering: .relaxed) != 0 { failuresInARow.store(0, ordering: .relaxed) }
                return value
            } catch {
                guard let next = try await successor(of: generation, after: error) else {
                    count(error)
                    throw error
                }
                (driver, generation) = next
            }
        }
    }

    /// A driver that was closed for another one has done nothing of what it was asked then, and says nothing about the
    /// store: the other one is asked.
    private func successor(
        of generation: Int, after error: StorageError
    ) async throws(StorageError) -> (driver: any PoolDriver, generation: Int)? {
        guard case .unavailable = error, self.generation != generation else { return nil }
        return try await triedDriver()
    }

    /// One call in so many is timed.
    private func beginSample() -> ContinuousClock.Instant? {
        calls.add(1, ordering: .relaxed).newValue % 16 == 0 ? .now : nil
    }

    /// Whether callers wait longer for this pool than they are used to.
    package var suffers: Bool { latency.suffers }

    /// Does `work` that is not a caller's on the store of a pool that works: how it goes counts for nothing.
    package func chore<Value: Sendable>(
        _ work: (any PoolDriver) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        try await work(try await triedDriver().driver)
    }

    /// Only what says that the store is away counts.
    private func count(_ error: StorageError) {
        guard let reason = error.outage else { return }
        let count = failuresInARow.add(1, ordering: .relaxed).newValue
        if count >= Limits.failuresThatTrip { trip(reason) }
    }

    /// Opens the breaker.
    /// - Parameter generation: Unless another driver than this was opened meanwhile.
    func trip(_ reason: String, of generation: Int? = nil) {
        let wasClosed = state.withLock { state in
            guard generation == nil || generation == state.generation else { return false }
            defer { (state.trip, state.isReported) = (reason, true) }
            return state.trip == nil
        }
        guard wasClosed else { return }
        tripCount.add(1, ordering: .relaxed)
        report(reason)
    }

    /// Closes the breaker: the store has answered.
    func untrip() {
        failuresInARow.store(0, ordering: .relaxed)
        let wasOpen = state.withLock { state in
            guard state.trip != nil else { return false }
            (state.trip, state.isReported) = (nil, false)
            return true
        }
        if wasOpen { reportBack() }
    }

    func report(_ reason: String) {
        logger.error("pool unreachable", metadata: ["pool": "\(name)", "reason": "\(reason)"])
    }

    func report(notReopened reason: String) {
        logger.error("pool not reopened, it serves as before", metadata: ["pool": "\(name)", "reason": "\(reason)"])
    }

    /// It is served all the same: that may be so because none of them has been used.
    func reportNothingHeld() {
        let count = record.queues
        logger.warning(
            "pool holds none of its queues",
            metadata: ["pool": "\(name)", "queues": "\(count)", "reason": "they were not used yet, or its store is another or empty one"])
    }

    func reportBack() {
        logger.notice("pool is back", metadata: ["pool": "\(name)"])
    }

    // MARK: Chores

    /// False if the chore that was begun before has not ended.
    func begin(_ chore: PoolChore) -> Bool {
        state.withLock { $0.chores.insert(chore).inserted }
    }

    func end(_ chore: PoolChore) {
        state.withLock { _ = $0.chores.remove(chore) }
    }
}

extension StorageError {
    /// Why the store is away, if that is what the error says.
    var outage: String? {
        switch self {
        case .unavailable(let reason), .unknownOutcome(let reason): reason
        case .queueNotOpen, .staleRoute, .fenced, .busy, .refused, .cutOff: nil
        }
    }
}
