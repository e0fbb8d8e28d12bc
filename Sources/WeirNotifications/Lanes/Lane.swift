internal import WeirDomain
internal import WeirOperations
internal import WeirStorage

/// The way to one subscriber: one parcel after another, in their order.
///
/// What waits is in memory, up to a bound. What is beyond it, what waits behind an attempt that takes long, and what is
/// to be tried again after a while goes to the backlog, a queue; so the entries of the outbox are settled soon, whatever
/// the subscriber does. What is due is either all in memory or all in the backlog: as long as some of it may be in the
/// backlog all that comes goes there, behind it, and what is in memory goes there before what does not fit.
actor Lane {
    struct Work: Sendable {
        var parcel: Parcel
        var failures = 0
        /// The entry of the outbox that it is from, unless that is settled.
        var entry: MessageSequence?
        /// Its copy in the backlog.
        var copy: MessageID?
    }

    let node: NotifierNode
    let ledger: SharedLedger
    let backlog: LaneBacklog
    let failures: FailureList
    let insistence: Insistence
    private(set) var recipient: Recipient
    /// When that was read, and whether it was gone when it was to be read again.
    private var known: Timestamp
    private var isGone = false
    var memory: LaneMemory
    /// What is being sent.
    var current: Work?
    var pace: Allowance.Pace {
        didSet { if pace != oldValue { node.allowance.note(pace, of: recipient.id) } }
    }
    /// Whether what is being sent takes long.
    var isTakingLong = false
    /// What is on its way to the backlog, and those who wait until it is there.
    var spilling = Spilling()
    private var isRunning = false
    private let bell = Doorbells.Listener()

    /// - Parameters:
    ///   - read: when the recipient was read.
    ///   - backlogged: what the backlog holds from before.
    init(
        to recipient: Recipient, read: Timestamp, _ node: NotifierNode, _ ledger: SharedLedger, backlog: HiddenQueue,
        failures: FailureList, backlogged: Int = 0
    ) {
        self.recipient = recipient
        known = read
        self.node = node
        self.ledger = ledger
        self.failures = failures
        insistence = Insistence(
            subscription: recipient.id, backlog: backlog.key.name, log: node.log, clock: node.clock)
        self.backlog = LaneBacklog(backlog, count: backlogged, node, insistence)
        memory = LaneMemory(in: node.room)
        pace = node.allowance.pace(of: recipient.id)
    }

    // MARK: Taking in

    /// Takes the parcels, in memory or in the backlog. True if somebody has to call `run` now.
    /// - Parameter read: when the recipient was read.
    func offer(_ works: [Work], for recipient: Recipient, read: Timestamp) async -> Bool {
        if read > known {
            self.recipient = recipient
            (known, isGone) = (read, false)
        }
        if backlog.mayHaveDue || isTakingLong || !memory.take(works) { await spill(memory.takeAll() + works) }
        return wake()
    }

    /// True if somebody has to call `run` now.
    func wake() -> Bool {
        bell.ring()
        defer { isRunning = true }
        return !isRunning
    }

    var isIdle: Bool { !isRunning && memory.isEmpty && backlog.count == 0 && !spilling.isUnderWay }

    // MARK: Running

    /// Delivers until nothing is left, or the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            if let work = memory.next() {
                await deliver(work)
                await backlog.sweep()
            } else if backlog.isDue {
                await lookIntoBacklog()
            } else if let nextLook = backlog.nextLook {
                let rest = Int(nextLook.milliseconds - node.clock.now().milliseconds)
                await bell.wait(
                    milliseconds: max(1, min(rest, Limits.idleRecipientMilliseconds)), node.clock)
                if rest > Limits.idleRecipientMilliseconds { await letGoIfGone() }
            } else {
                break
            }
        }
        isRunning = false
        // What is left in memory is still in the outbox.
        guard Task.isCancelled else { return }
        _ = memory.takeAll()
        backlog.leave()
    }

    private func lookIntoBacklog() async {
        let found = await backlog.claim()
        guard !found.isEmpty else { return }
        if await refresh() {
            for message in found where !Task.isCancelled {
                guard let entry = backlog.read(message) else { continue }
                await deliver(Work(parcel: entry.parcel, failures: entry.failures, copy: message.id))
            }
        } else if isGone {
            backlog.drop(found.map(\.id))
        }
        await backlog.sweep()
    }

    /// Nothing of a backlog is wanted once its subscription is gone. Of one that was deleted it was removed then.
    private func letGoIfGone() async {
        await backlog.remove { await refresh() || !isGone }
    }

    // MARK: The subscription

    /// Reads the subscription again. False if it is gone, and with it what waited, or the task was cancelled.
    func refresh() async -> Bool {
        let (id, queue) = (recipient.id, recipient.queue)
        let found = await insistence.insist { [node] () async throws(StorageError) in
            let now = node.clock.now()
            return (try await node.recipient(id, of: queue), now)
        }
        guard let (present, read) = found else { return false }
        isGone = present == nil
        guard let present else { return false }
        (recipient, known) = (present, read)
        return true
    }

    /// Whether the subscriber is to be told of it still: not once the subscription is deleted or over, or the task is
    /// cancelled.
    func isWanted(_ parcel: Parcel) async -> Bool {
        guard !Task.isCancelled else { return false }
        let now = node.clock.now()
        if !isGone, now.milliseconds - known.milliseconds >= Limits.recipientMilliseconds {
            guard await refresh() else { return false }
        }
        guard !isGone else { return false }
        return parcel.isNotice
            || recipient.isOpen(at: now, demandingConfirmation: node.demandsConfirmation)
    }
}
