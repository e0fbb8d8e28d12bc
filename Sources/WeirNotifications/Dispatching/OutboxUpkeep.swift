internal import WeirDomain
internal import WeirStorage

/// What a dispatcher does beside reading, now and then: removes entries that nobody needs any more, and lets go of lanes
/// without work.
struct OutboxUpkeep {
    private let outbox: HiddenQueue
    /// What was settled before this node took the lease.
    private var leftover: MessageSequence?
    private let since: Timestamp
    private var next: Timestamp

    init(_ outbox: HiddenQueue, leftover: MessageSequence, since: Timestamp) {
        self.outbox = outbox
        self.leftover = leftover
        self.since = since
        next = since
    }

    mutating func run(_ lanes: LaneBook, now: Timestamp) async throws(StorageError) {
        guard now >= next else { return }
        next = now.adding(seconds: 1)
        let point = Timestamp(milliseconds: now.milliseconds - Limits.outboxTailMilliseconds)
        var last = lanes.ledger.with { $0.takeSettled(before: point) }
        if let settled = leftover, since < point {
            last = last ?? settled
            leftover = nil
        }
        if let last { try await outbox.purge(through: last) }
        await lanes.sweep()
    }
}
