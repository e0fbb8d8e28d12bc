/// What a worker does with a migration. Each is a step that the catalog must accept before it counts.
extension Migration {
    /// A node takes the work over: whoever had it before is refused everywhere from now on.
    package mutating func takeOver(by node: String, at now: Timestamp) {
        if owner != node { note("taken over", by: node, at: now) }
        owner = node
        turn += 1
        updated = now
    }

    /// The work rests, and any node may go on with it.
    package mutating func letGo(at now: Timestamp) {
        owner = nil
        updated = now
    }

    /// From `planned`: pages are copied from now on.
    package mutating func beginCopy(at now: Timestamp) {
        enter(.copying, "copying from \(source) to \(target)", at: now)
    }

    /// What was copied is not to be relied on.
    package mutating func restartCopy(_ reason: String, at now: Timestamp) {
        progress.restart()
        enter(.copying, reason, at: now)
    }

    /// All pages are copied.
    package mutating func finishCopy(at now: Timestamp) {
        progress.isCopied = true
        enter(.catchingUp, "copied", at: now)
    }

    /// The copies agree, and few changes are left.
    package mutating func becomeReady(at now: Timestamp) {
        progress.isVerified = true
        enter(.ready, "compared and caught up", at: now)
    }

    /// The turn passes on, so that no abort that was decided before hits this try.
    package mutating func beginCutover(at now: Timestamp) {
        turn += 1
        progress.attempts += 1
        enter(.cutover, "cutover \(progress.attempts)", at: now)
    }

    /// The cutover is given up, by its worker or by a node that has waited too long. Only after the catalog has accepted
    /// this may a fence be lifted.
    package mutating func abortCutover(_ reason: String, by actor: String, at now: Timestamp) {
        turn += 1
        progress.countAbort(at: now)
        step = .catchingUp
        if let stalled { error = stalled }
        note(reason, by: actor, at: now)
    }

    /// The target takes over, in the same atomic step as the queue's route.
    package mutating func `switch`(stall milliseconds: Int, at now: Timestamp) {
        progress.countSwitch(stall: milliseconds)
        error = nil
        if isReturning { return enter(.cleaning, "\(target) serves the queue again", at: now) }
        switchedAt = now
        enter(.switched, "\(target) serves the queue", at: now)
    }

    /// What the pool that was left holds goes now, and with it the way back.
    package mutating func beginCleaning(_ reason: String, at now: Timestamp) {
        enter(.cleaning, reason, at: now)
    }

    /// It will not happen.
    package mutating func giveUp(_ outcome: MigrationOutcome, _ reason: String, by actor: String, at now: Timestamp) {
        self.outcome = outcome
        error = outcome == .failed ? reason : nil
        turn += 1
        isPaused = false
        step = .undoing
        note(reason, by: actor, at: now)
    }

    /// What it rested for will not come.
    package mutating func stopWaiting(_ reason: String, by actor: String, at now: Timestamp) {
        if isBeforeSwitch { return giveUp(.cancelled, reason, by: actor, at: now) }
        if step == .switched { beginCleaning(reason, at: now) }
    }

    /// Nothing of it is left anywhere but where the queue is.
    package mutating func end(at now: Timestamp) {
        if step == .cleaning { outcome = isReturning ? .reversed : .done }
        let reason = outcome == .failed ? error ?? "failed" : "nothing of it is left in \(step == .undoing ? target : source)"
        if outcome != .failed { error = nil }
        let node = owner ?? ""
        owner = nil
        step = .ended
        note(reason, by: node, at: now)
    }

    private mutating func enter(_ next: MigrationStep, _ reason: String, at now: Timestamp) {
        step = next
        note(reason, by: owner ?? "", at: now)
    }

    mutating func note(_ reason: String, by actor: String, at now: Timestamp) {
        updated = now
        history.append(MigrationEvent(at: now, state: state, actor: actor, reason: reason))
        if history.count > Self.historyLength { history.removeFirst(history.count - Self.historyLength) }
    }
}
