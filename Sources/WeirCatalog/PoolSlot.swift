internal import Synchronization
package import WeirDomain
package import WeirStorage

/// A registered pool on this node: its record, and its driver while the store can be reached.
package final class PoolSlot: Sendable {
    struct State {
        var record: PoolRecord
        var registration: DriverRegistration?
        var driver: (any PoolDriver)?
        var probe: PoolProbe?
        var failure: String?
    }

    package let name: String
    private let state: Mutex<State>

    init(_ state: State) {
        name = state.record.pool.name
        self.state = Mutex(state)
    }

    package var pool: Pool { state.withLock { $0.record.pool } }

    var record: PoolRecord { state.withLock { $0.record } }

    /// The name of its driver, as far as it is known.
    package var driverName: String? { state.withLock { $0.registration?.name } }

    package var probe: PoolProbe? { state.withLock { $0.probe } }

    /// Why it cannot be reached; nil if it can.
    package var failure: String? { state.withLock { $0.failure } }

    /// What it is known to be able to do: nothing, as long as it was never reached.
    package var capabilities: CapabilitySet { state.withLock { $0.probe?.capabilities ?? [] } }

    /// The live driver.
    package func driver() throws(StorageError) -> any PoolDriver {
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
}
