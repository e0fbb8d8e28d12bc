internal import Synchronization
internal import WeirDomain
internal import WeirOperations

/// The room in the memory of a node for what waits there, for all of its lanes together.
package final class WaitingRoom: Sendable {
    private let taken = Mutex((parcels: 0, bytes: 0))
    private let counters: DeliveryCounters

    init(_ counters: DeliveryCounters) {
        self.counters = counters
    }

    /// False, and nothing is taken, if there is not room for all.
    func enter(parcels: Int, bytes: Int) -> Bool {
        let isIn = taken.withLock { taken in
            guard taken.parcels + parcels <= Limits.parcelsInMemory, taken.bytes + bytes <= Limits.bytesInMemory else {
                return false
            }
            taken = (taken.parcels + parcels, taken.bytes + bytes)
            return true
        }
        if isIn { counters.count { $0.waiting += parcels } }
        return isIn
    }

    func leave(parcels: Int, bytes: Int) {
        taken.withLock { $0 = ($0.parcels - parcels, $0.bytes - bytes) }
        counters.count { $0.waiting -= parcels }
    }
}
