internal import WeirDomain

/// How many moves may be under way: in all, and out of and into each pool.
struct MoveSlots {
    private let settings: MigrationSettings
    private var all = 0
    private var leaving: [String: Int] = [:]
    private var coming: [String: Int] = [:]
    private var waiting = 0

    init(_ settings: MigrationSettings) {
        self.settings = settings
    }

    /// Counts one that is under way. What has been switched or is to be undone takes no room: it may have to wait for a pool
    /// that is away. Nor do those that wait for an order, unless they are very many: nobody knows when it will come.
    mutating func take(_ migration: Migration) {
        guard migration.isBeforeSwitch else { return }
        if takesWaitingRoom(migration) { return waiting += 1 }
        all += 1
        leaving[migration.source, default: 0] += 1
        coming[migration.target, default: 0] += 1
    }

    /// Counts one more, if it may be begun. What has been switched or is to be undone is only cleared away, and a way
    /// back is not kept waiting.
    mutating func admit(_ migration: Migration) -> Bool {
        let isFree =
            all < settings.concurrency
            && leaving[migration.source, default: 0] < settings.concurrencyPerPool
            && coming[migration.target, default: 0] < settings.concurrencyPerPool
        guard isFree || !migration.isBeforeSwitch || migration.isReturning || takesWaitingRoom(migration) else { return false }
        take(migration)
        return true
    }

    private func takesWaitingRoom(_ migration: Migration) -> Bool {
        migration.waitsForOrder && waiting < MoveLimits.waitingForOrders
    }
}
