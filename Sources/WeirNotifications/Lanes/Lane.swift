internal import WeirDomain
internal import WeirOperations
internal import WeirStorage

/// The way to one subscriber: one parcel after another, in their order.
///
/// What waits is in memory, up to a bound. What is beyond it, what waits behind an attempt that takes long, and what is
/// to be tried again after a while goes to the backlog, a queue; so the entries of the outbox are settled soon, whatever
/// the subscriber does. As long as something that is due may be in the backlog all that comes goes there, behind it.
actor Lane {
    struct Work: Sendable {
        var parcel: Parcel
        var failures = 0
        /// The entry of the outbox that it is from, unless that is settled.
        var entry: MessageSequence?
        /// Its copy in the backlog.
        var copy: MessageID?
    }

    let surroundings: LaneSurroundings
    let backlog: HiddenQueue
    let failures: FailureList
    private(set) var recipient: Recipient
    /// When that was read, and whether it was gone when it was to be read again.
    private var known: Timestamp
    private var isGone = false
    private var pending: [Work] = []
    private var pendingBytes = 0
    /// What is being sent.
    private var current: Work?
    private var isRunning = false
    /// Whether an attempt has taken long, and none has been quick and good since.
    private var isSlow = false
    private var isTakingLong = false
    private let bell = Doorbells.Listener()

    // The backlog
    private var mayHaveDue = false
    private var spills = 0
    private var spillsUnderWay = 0
    private var backlogged: Int
    private var nextLook: Timestamp?
    private var stores = 0
    private var storesUnderWay = 0
    /// Copies that are no longer needed.
    private var done: [MessageID] = []
    /// Copies of which nothing can be made, and which stay: they may have been sealed with a key that comes back.
    private var unreadable: Set<MessageID> = []

    /// - Parameter backlogged: what the backlog holds from before.
    init(
        to recipient: Recipient, _ surroundings: LaneSurroundings, backlog: HiddenQueue, failures: FailureList,
        backlogged: Int = 0
    ) {
        self.recipient = recipient
        known = surroundings.clock.now()
        self.surroundings = surroundings
        self.backlog = backlog
        self.failures = failures
        self.backlogged = backlogged
        mayHaveDue = backlogged > 0
        surroundings.counters.count { $0.backlog += backlogged }
    }

    // MARK: Taking in

    /// Takes the parcels, in memory or in the backlog. True if somebody has to call `run` now.
    func offer(_ works: [Work], for recipient: Recipient) async -> Bool {
        self.recipient = recipient
        (known, isGone) = (surroundings.clock.now(), false)
        var rest = works[...]
        while !mayHaveDue, let work = rest.first, pending.count < Limits.parcelsPerLane,
            pendingBytes < Limits.laneBytes, surroundings.counters.waiting < Limits.parcelsInMemory
        {
            pending.append(work)
            pendingBytes += work.parcel.payload.count
            surroundings.counters.count { $0.waiting += 1 }
            rest = rest.dropFirst()
        }
        if !rest.isEmpty { await spill(Array(rest)) }
        return wake()
    }

    /// True if somebody has to call `run` now.
    func wake() -> Bool {
        bell.ring()
        defer { isRunning = true }
        return !isRunning
    }

    var isIdle: Bool { !isRunning && pending.isEmpty && backlogged == 0 }

    /// Puts works that are due behind all others in the backlog.
    private func spill(_ works: [Work]) async {
        mayHaveDue = true
        spills += 1
        spillsUnderWay += 1
        defer { spillsUnderWay -= 1 }
        if backlogged >= Limits.backlogParcels {
            for work in works { await giveUp(work, "too many deliveries wait for this subscriber", status: nil) }
            return
        }
        // In pieces that any store takes.
        for start in stride(from: 0, to: works.count, by: Limits.parcelsPerWrite) {
            let piece = works[start..<min(start + Limits.parcelsPerWrite, works.count)]
            guard await store(Array(piece), delay: 0) != nil else { return }
            for work in piece { settle(work) }
        }
    }

    // MARK: Running

    /// Delivers until nothing is left, or the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            if !pending.isEmpty {
                let work = pending.removeFirst()
                pendingBytes -= work.parcel.payload.count
                surroundings.counters.count { $0.waiting -= 1 }
                if await isWanted(work.parcel) {
                    await deliver(work)
                } else if !Task.isCancelled {
                    finish(work)
                }
                await sweepBacklog()
            } else if mayHaveDue || nextLook.map({ $0 <= surroundings.clock.now() }) ?? false {
                await lookIntoBacklog()
            } else if let nextLook {
                let rest = Int(nextLook.milliseconds - surroundings.clock.now().milliseconds)
                await bell.wait(
                    milliseconds: max(1, min(rest, Limits.idleRecipientMilliseconds)), surroundings.clock)
                if rest > Limits.idleRecipientMilliseconds { await letGoIfGone() }
            } else {
                break
            }
        }
        isRunning = false
        // What is left in memory is still in the outbox.
        guard Task.isCancelled else { return }
        surroundings.counters.count { [backlogged, count = pending.count] in
            $0.backlog -= backlogged
            $0.waiting -= count
        }
        (pending, backlogged) = ([], 0)
    }

    private func lookIntoBacklog() async {
        let (before, storesBefore) = (spills, stores)
        guard
            let found = await insist({ [backlog] () async throws(StorageError) in
                try await backlog.claim(Limits.backlogBatch, seconds: Limits.backlogClaimSeconds)
            })
        else { return }
        guard let found, !found.isEmpty else {
            if before == spills, spillsUnderWay == 0 { mayHaveDue = false }
            nextLook = nil
            // It goes with its subscription.
            if found == nil, storesBefore == stores, storesUnderWay == 0 { forget(backlogged) }
            if backlogged > 0 { look(afterMilliseconds: Limits.backlogPollMilliseconds) }
            return
        }
        guard await refresh(found.map(\.id)) else {
            await sweepBacklog()
            return
        }
        for message in found where !Task.isCancelled {
            guard let entry = backlog.entry(message).flatMap({ BacklogEntry($0) }) else {
                report(unreadable: message)
                continue
            }
            let work = Work(parcel: entry.parcel, failures: entry.failures, copy: message.id)
            if await isWanted(entry.parcel) {
                await deliver(work)
            } else if !Task.isCancelled {
                done.append(message.id)
            }
        }
        await sweepBacklog()
    }

    /// Reads the subscription again. False if it is gone, and with it what waited.
    private func refresh(_ claimed: [MessageID]) async -> Bool {
        let (id, queue) = (recipient.id, recipient.queue)
        let found = await insist { [surroundings] () async throws(StorageError) in
            try await surroundings.reload(id, queue)
        }
        guard let found else { return false }
        if let present = found {
            recipient = present
            (known, isGone) = (surroundings.clock.now(), false)
            return true
        }
        isGone = true
        done += claimed
        return false
    }

    /// Whether the subscriber is to be told of it still: not once the subscription is deleted or over.
    private func isWanted(_ parcel: Parcel) async -> Bool {
        let now = surroundings.clock.now()
        if !isGone, now.milliseconds - known.milliseconds >= Limits.recipientMilliseconds {
            guard await refresh([]) else { return false }
        }
        guard !isGone else { return false }
        return parcel.isNotice
            || recipient.isOpen(at: now, demandingConfirmation: surroundings.demandsConfirmation)
    }

    private func report(unreadable message: Message) {
        guard unreadable.insert(message.id).inserted else { return }
        surroundings.counters.count { $0.unreadable += 1 }
        surroundings.log.error(
            "delivery unreadable", about: "backlogs",
            [
                "subscription": recipient.id, "backlog": backlog.key.name.value,
                "sequence": "\(message.sequence.value)", "reason": backlog.whyUnreadable(message),
            ])
    }

    /// Nothing of a backlog is wanted once its subscription is gone. Of one that was deleted it was removed then.
    private func letGoIfGone() async {
        let before = stores
        guard !(await refresh([])), isGone, before == stores, storesUnderWay == 0 else { return }
        let isRemoved: Void? = await insist { [backlog] () async throws(StorageError) in try await backlog.remove() }
        guard isRemoved != nil, before == stores else { return }
        forget(backlogged)
        nextLook = nil
    }

    private func look(afterMilliseconds milliseconds: Int64) {
        let point = Timestamp(milliseconds: surroundings.clock.now().milliseconds + milliseconds)
        nextLook = nextLook.map { min($0, point) } ?? point
    }

    // MARK: One parcel

    private func deliver(_ work: Work) async {
        current = work
        defer { current = nil }
        while true {
            let attempt = await self.attempt(work.parcel)
            // What insured it meanwhile has changed it.
            guard var present = current else { return }
            switch attempt {
            case .delivered:
                surroundings.counters.count { $0.delivered += 1 }
                finish(present)
                return
            case .refused(let reason, let status):
                if Task.isCancelled { return }
                present.failures += 1
                current = present
                await giveUp(present, reason, status: status)
                return
            case .failed(let reason, let status):
                if Task.isCancelled { return }
                present.failures += 1
                current = present
                guard let delay = recipient.plan.delay(afterFailures: present.failures) else {
                    await giveUp(present, reason, status: status)
                    return
                }
                surroundings.counters.count { $0.retried += 1 }
                if delay == 0 { continue }
                await putOff(present, seconds: delay)
                return
            }
        }
    }

    private func attempt(_ parcel: Parcel) async -> Attempt {
        isTakingLong = false
        let place = await surroundings.allowance.enter(isSlow: isSlow)
        defer { place.leave() }
        let (recipient, surroundings) = (recipient, surroundings)
        let attempt = await withTaskGroup(of: Attempt?.self) { group in
            group.addTask { await surroundings.courier.attempt(parcel, to: recipient) }
            group.addTask {
                await surroundings.clock.sleep(milliseconds: Limits.slowAttemptMilliseconds)
                if !Task.isCancelled { await self.insure(place) }
                return nil
            }
            var outcome: Attempt?
            // The second one is waited for as well: it may be writing.
            while let each = await group.next() {
                guard let each else { continue }
                outcome = each
                group.cancelAll()
            }
            return outcome ?? .failed("it was broken off", status: nil)
        }
        if attempt == .delivered, !isTakingLong { isSlow = false }
        return attempt
    }

    /// The attempt takes long: everything that is not in the backlog yet goes there, so that no entry of the outbox
    /// waits for this subscriber. What is being sent stays out of sight there.
    private func insure(_ place: Allowance.Place) async {
        place.slowDown()
        (isSlow, isTakingLong) = (true, true)
        if let work = current, work.entry != nil {
            guard let id = await store([work], delay: Limits.insuredSeconds)?.first else { return }
            settle(work)
            current?.entry = nil
            current?.copy = id
        }
        let waiting = pending
        (pending, pendingBytes) = ([], 0)
        surroundings.counters.count { $0.waiting -= waiting.count }
        if !waiting.isEmpty { await spill(waiting) }
    }

    // MARK: The end of a parcel

    private func settle(_ work: Work) {
        guard let entry = work.entry else { return }
        surroundings.ledger.with { $0.settle(entry) }
    }

    private func finish(_ work: Work) {
        if let copy = work.copy { done.append(copy) }
        settle(work)
    }

    private func putOff(_ work: Work, seconds: Int) async {
        guard await isKept(work) else { return }
        guard await store([work], delay: seconds) != nil else { return }
        look(afterMilliseconds: Int64(seconds) * 1000)
        finish(work)
    }

    /// Whether what was not delivered is to be kept. It is not once its subscription is gone, and is finished then.
    private func isKept(_ work: Work) async -> Bool {
        if await refresh([]) { return true }
        if !Task.isCancelled { finish(work) }
        return false
    }

    private func giveUp(_ work: Work, _ reason: String, status: Int?) async {
        guard await isKept(work) else { return }
        // A notice that cannot be delivered is asked for again by whoever needs it.
        let entry = BacklogEntry(work.parcel, failures: work.failures, reason: reason, status: status)
        let isKept: Void? = await insist { [failures] () async throws(StorageError) in try await failures.add([entry]) }
        guard isKept != nil else { return }
        surroundings.counters.count { $0.failed += 1 }
        finish(work)
    }

    // MARK: The store

    private func store(_ works: [Work], delay: Int) async -> [MessageID]? {
        let entries = works.map { BacklogEntry($0.parcel, failures: $0.failures).bytes }
        stores += 1
        storesUnderWay += 1
        defer { storesUnderWay -= 1 }
        let ids = await insist { [backlog] () async throws(StorageError) in
            try await backlog.post(entries, ttl: Limits.outboxSeconds, delay: delay)
        }
        guard let ids else { return nil }
        backlogged += ids.count
        surroundings.counters.count { $0.backlog += ids.count }
        return ids
    }

    /// What is done with in the backlog is deleted together, at the end of a round.
    private func sweepBacklog() async {
        let ids = done
        guard !ids.isEmpty else { return }
        done = []
        let isGone: Void? = await insist { [backlog] () async throws(StorageError) in try await backlog.delete(ids) }
        guard isGone != nil else { return }
        forget(min(ids.count, backlogged))
    }

    private func forget(_ count: Int) {
        backlogged -= count
        surroundings.counters.count { $0.backlog -= count }
    }

    /// Does the work again until the store takes it; nil only if the task was cancelled meanwhile.
    private func insist<Value: Sendable>(
        _ work: () async throws(StorageError) -> Value
    ) async -> Value? {
        while true {
            do throws(StorageError) {
                return try await work()
            } catch {
                if Task.isCancelled { return nil }
                surroundings.log.warning(
                    "delivery state not stored", about: "stores",
                    ["subscription": recipient.id, "backlog": backlog.key.name.value, "reason": error.reason])
                await surroundings.clock.sleep(milliseconds: Limits.notifierPauseMilliseconds)
            }
        }
    }
}
