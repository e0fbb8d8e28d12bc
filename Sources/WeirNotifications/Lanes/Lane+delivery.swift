internal import WeirDomain
internal import WeirOperations
internal import WeirStorage

/// One parcel, from its first attempt until it is done with.
extension Lane {
    /// Attempts it until it is delivered, given up, put off, or not wanted any more.
    func deliver(_ work: Work) async {
        current = work
        defer { current = nil }
        while let attempt = await attempt(work.parcel) {
            // What insured it meanwhile has changed it.
            guard let present = current, await isToBeTriedAtOnce(present, after: attempt) else { return }
        }
        if !Task.isCancelled, let present = current { finish(present) }
    }

    /// Nil if it is not wanted any more, or the task is cancelled.
    private func attempt(_ parcel: Parcel) async -> Attempt? {
        guard await isWanted(parcel) else { return nil }
        let place = await node.allowance.enter(pace, of: recipient.queue.project)
        defer { place.leave() }
        // There may have been a long line before it.
        guard await isWanted(parcel) else { return nil }
        isTakingLong = false
        defer { isTakingLong = false }
        let outcome = await outcome(of: parcel, place)
        if !isTakingLong { pace = .quick }
        return outcome
    }

    private enum Event {
        case ended(Attempt)
        case takesLong
    }

    private func outcome(of parcel: Parcel, _ place: Allowance.Place) async -> Attempt {
        await withTaskGroup(of: Event?.self) { [recipient, node] group in
            group.addTask { .ended(await node.courier.attempt(parcel, to: recipient)) }
            group.addTask {
                await node.clock.sleep(milliseconds: Limits.slowAttemptMilliseconds)
                return Task.isCancelled ? nil : .takesLong
            }
            var outcome: Attempt?
            while let event = await group.next() {
                switch event {
                case .ended(let attempt):
                    outcome = attempt
                    group.cancelAll()
                case .takesLong where outcome == nil: await insure(place)
                case .takesLong, nil: break
                }
            }
            return outcome ?? .failed("it was broken off", status: nil)
        }
    }

    /// The attempt takes long: everything that is not in the backlog yet goes there, so that no entry of the outbox
    /// waits for this subscriber. What is being sent too: it is deleted there before the lane looks there again.
    private func insure(_ place: Allowance.Place) async {
        place.slowDown()
        (pace, isTakingLong) = (.slow, true)
        var works = memory.takeAll()
        if let current, current.entry != nil { works.insert(current, at: 0) }
        if !works.isEmpty { await spill(works) }
    }

    /// What comes of an attempt. True if the next one follows at once.
    private func isToBeTriedAtOnce(_ work: Work, after attempt: Attempt) async -> Bool {
        var work = work
        switch attempt {
        case .delivered:
            node.counters.count { $0.delivered += 1 }
            finish(work)
            return false
        case .untried:
            if !Task.isCancelled { await putOff(work, seconds: Limits.untriedSeconds) }
            return false
        case .refused(let reason, let status):
            if Task.isCancelled { return false }
            work.failures += 1
            await giveUp(work, reason, status: status)
            return false
        case .failed(let reason, let status):
            if Task.isCancelled { return false }
            work.failures += 1
            guard let delay = recipient.plan.delay(afterFailures: work.failures) else {
                await giveUp(work, reason, status: status)
                return false
            }
            node.counters.count { $0.retried += 1 }
            current = work
            if delay > 0 { await putOff(work, seconds: delay) }
            return delay == 0
        }
    }

    // MARK: The end of a parcel

    func settle(_ work: Work) {
        guard let entry = work.entry else { return }
        ledger.with { $0.settle(entry) }
    }

    private func finish(_ work: Work) {
        if let copy = work.copy { backlog.drop([copy]) }
        settle(work)
    }

    private func putOff(_ work: Work, seconds: Int) async {
        guard await isKept(work) else { return }
        let entry = BacklogEntry(work.parcel, failures: work.failures)
        guard await backlog.post([entry], delay: seconds) != nil else { return }
        backlog.look(afterMilliseconds: Int64(seconds) * 1000)
        finish(work)
    }

    /// Whether what was not delivered is to be kept. It is not once its subscription is gone, and is finished then.
    private func isKept(_ work: Work) async -> Bool {
        if await refresh() { return true }
        if !Task.isCancelled { finish(work) }
        return false
    }

    func giveUp(_ work: Work, _ reason: String, status: Int?) async {
        guard await isKept(work) else { return }
        // A notice that cannot be delivered is asked for again by whoever needs it.
        let entry = BacklogEntry(work.parcel, failures: work.failures, reason: reason, status: status)
        let isKept: Void? = await insistence.insist { [failures] () async throws(StorageError) in
            try await failures.add([entry])
        }
        guard isKept != nil else { return }
        node.counters.count { $0.failed += 1 }
        finish(work)
    }
}
