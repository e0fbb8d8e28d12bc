/// What an operator asks of a migration.
extension Migration {
    /// What it can be told.
    package enum Order: String, Hashable, Sendable, CaseIterable {
        case pause, resume, cancel, cutover, reverse, finish
    }

    /// Obeys, or says why not.
    package mutating func obey(_ order: Order, of actor: String, at now: Timestamp) throws(MigrationRefusal) {
        if hasEnded { throw MigrationRefusal("it is over: \(state.rawValue)") }
        switch order {
        case .pause: try pause(actor, now)
        case .resume: try resume(actor, now)
        case .cancel: try cancel(actor, now)
        case .cutover: try cutOver(actor, now)
        case .reverse: try reverse(actor, now)
        case .finish: try finish(actor, now)
        }
    }

    private mutating func pause(_ actor: String, _ now: Timestamp) throws(MigrationRefusal) {
        if isPaused { return }
        guard isBeforeSwitch, step != .cutover else {
            throw MigrationRefusal("it is \(state.rawValue), and can be paused only before the cutover")
        }
        isPaused = true
        note("paused", by: actor, at: now)
    }

    private mutating func resume(_ actor: String, _ now: Timestamp) throws(MigrationRefusal) {
        guard isPaused else { throw MigrationRefusal("it is \(state.rawValue), not paused") }
        isPaused = false
        note("resumed", by: actor, at: now)
    }

    private mutating func cancel(_ actor: String, _ now: Timestamp) throws(MigrationRefusal) {
        if step == .undoing, outcome == .cancelled { return }
        guard isBeforeSwitch else {
            throw MigrationRefusal("the queue is in \(to) already: reverse it instead, while the source is kept")
        }
        guard !isReturning else { throw MigrationRefusal("it is on its way back") }
        giveUp(.cancelled, "cancelled", by: actor, at: now)
    }

    private mutating func cutOver(_ actor: String, _ now: Timestamp) throws(MigrationRefusal) {
        guard isBeforeSwitch else { throw MigrationRefusal("the queue is in \(target) already") }
        guard waitsForCutover else { return }
        waitsForCutover = false
        note("cutover as soon as it is ready", by: actor, at: now)
    }

    private mutating func reverse(_ actor: String, _ now: Timestamp) throws(MigrationRefusal) {
        if isReturning { return }
        guard step == .switched else {
            let advice = isBeforeSwitch ? "cancel it instead" : "the source is not kept any more: move the queue again"
            throw MigrationRefusal("it is \(state.rawValue): \(advice)")
        }
        isReturning = true
        turn += 1
        owner = nil
        step = .catchingUp
        note("back to \(from)", by: actor, at: now)
    }

    /// What the source holds goes now, and with it the way back.
    private mutating func finish(_ actor: String, _ now: Timestamp) throws(MigrationRefusal) {
        if step == .cleaning { return }
        guard step == .switched else {
            throw MigrationRefusal("it is \(state.rawValue), and can be finished only after the switch")
        }
        step = .cleaning
        note("\(source) is not kept any longer", by: actor, at: now)
    }
}
