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
        var registration: DriverRegistration?
        var driver: (any PoolDriver)?
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
    }

    package let name: String
    private let state: Mutex<State>
    private let failuresInARow = Atomic<Int>(0)
    private let tripCount = Atomic<Int>(0)
    private let calls = Atomic<Int>(0)
    private let latency = LatencyWatch()
    private let logger: Logger

    init(_ record: PoolRecord, logger: Logger) {
        name = record.pool.name
        state = Mutex(State(record: record))
        self.logger = logger
    }

    package var pool: Pool { state.withLock { $0.record.pool } }

    var record: PoolRecord { state.withLock { $0.record } }

    /// The name of its driver, as far as it is known.
    package var driverName: String? { state.withLock { $0.registration?.name } }

    /// Whether its store belongs to this process; false as long as its driver is not known.
    var isEmbedded: Bool { state.withLock { $0.registration?.isEmbedded ?? false } }

    package var probe: PoolProbe? { state.withLock { $0.probe } }

    /// Why it could not be opened; nil if it is open.
    var failure: String? { state.withLock { $0.failure } }

    /// Why it does not work at present: it could not be opened, or does not answer. Nil if it works.
    package var outage: String? { state.withLock { $0.failure ?? $0.trip } }

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
        let (driver, outage) = state.withLock { ($0.driver, $0.failure ?? $0.trip) }
        guard let driver, outage == nil else { throw .cutOff(outage ?? "the pool is not open") }
        return driver
    }

    /// The driver, whether or not its breaker is open: for finding out whether the store is back.
    func driverBehindBreaker() throws(StorageError) -> any PoolDriver {
        let (driver, failure) = state.withLock { ($0.driver, $0.failure) }
        guard let driver else { throw .unavailable(failure ?? "the pool is not open") }
        return driver
    }

    func update(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    func takeDriver() -> (any PoolDriver)? {
        state.withLock { state in
            defer { state.driver = nil }
            return state.driver
        }
    }

    func opened(_ registration: DriverRegistration, _ driver: any PoolDriver, _ probe: PoolProbe) {
        let wasReported = state.withLock { state in
            (state.registration, state.driver, state.probe) = (registration, driver, probe)
            (state.failure, state.trip) = (nil, nil)
            defer { state.isReported = false }
            return state.isReported
        }
        if wasReported { reportBack() }
    }

    func notOpened(_ reason: String) {
        let wasReported = state.withLock { state in
            state.failure = reason
            defer { state.isReported = true }
            return state.isReported
        }
        if !wasReported { report(reason) }
    }

    private func report(_ reason: String) {
        logger.error("pool unreachable", metadata: ["pool": "\(name)", "reason": "\(reason)"])
    }

    private func reportBack() {
        logger.notice("pool is back", metadata: ["pool": "\(name)"])
    }

    // MARK: The breaker

    /// Does `work` on the store and counts how it went; a pool that is cut off is not asked, and nothing counts.
    func attempt<Value: Sendable>(
        _ work: (any PoolDriver) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        let driver = try driver()
        let begun = beginSample()
        do throws(StorageError) {
            let value = try await work(driver)
            if let begun { latency.record(.now - begun) }
            if failuresInARow.load(ordering: .relaxed) != 0 { failuresInARow.store(0, ordering: .relaxed) }
            return value
        } catch {
            count(error)
            throw error
        }
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
        try await work(try driver())
    }

    /// Only what says that the store is away counts.
    private func count(_ error: StorageError) {
        guard let reason = error.outage else { return }
        let count = failuresInARow.add(1, ordering: .relaxed).newValue
        if count >= Limits.failuresThatTrip { trip(reason) }
    }

    /// Opens the breaker.
    func trip(_ reason: String) {
        let wasClosed = state.withLock { state in
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
