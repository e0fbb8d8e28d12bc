internal import WeirDomain
internal import WeirOperations
internal import WeirStorage

/// What a lane needs of the dispatcher it belongs to.
struct LaneSurroundings: Sendable {
    let courier: Courier
    let allowance: Allowance
    let ledger: SharedLedger
    let room: WaitingRoom
    let counters: DeliveryCounters
    let log: NotifierLog
    let clock: any WeirClock
    let demandsConfirmation: Bool
    /// The subscription as it is now; nil once it is gone.
    let reload: @Sendable (String, QueueKey) async throws(StorageError) -> Recipient?
}
