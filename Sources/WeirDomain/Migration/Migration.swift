/// One queue's move from one pool to another: a state machine as a plain value, that its worker and operators take from
/// step to step and that the catalog keeps by compare-and-swap.
///
/// ```
/// planned ─▶ copying ─▶ catching up ⇄ ready ─▶ cutover ─▶ switched ─▶ cleaning ─▶ done
///    │          │            │  ▲       │         │ abort      │
///    └──────────┴── cancel ──┴──┼───────┘◀────────┘            └─ reverse ─▶ catching up … cleaning ─▶ reversed
///                    │          │                                (the other way round)
///                    ▼ undoing ─▶ cancelled, failed
/// ```
package struct Migration: Hashable, Sendable {
    // MARK: What moves

    /// The number that the catalog gave it.
    package let number: Int64
    package let key: QueueKey
    package let life: QueueLife
    /// The name of the pool that the queue was in when it began.
    package let from: String
    package let to: String
    /// The epoch under which `from` served it.
    package let firstEpoch: Epoch

    // MARK: Its terms

    /// Seconds that the source is kept for a way back after the switch.
    package let keepSourceSeconds: Int
    /// Whether the cutover waits for the word of an operator.
    package var waitsForCutover: Bool
    /// Bounds for copying, on top of those of the pools; nil for none.
    package var messagesPerSecond: Int?
    package var bytesPerSecond: Int?

    // MARK: Where it stands: only steps and orders change this

    package var step = MigrationStep.planned
    /// On the way back, from `to` to `from`.
    package var isReturning = false
    package var isPaused = false
    /// Passes on with each take-over, cutover and abort (`MoveTurn`).
    package var turn = 0
    /// The node that works on it.
    package var owner: String?
    /// How it is going to end, or has ended.
    package var outcome: MigrationOutcome?
    /// When the target took over.
    package var switchedAt: Timestamp?
    /// What stands in its way at present, or why it failed.
    package var error: String?

    package var progress = MigrationProgress()
    package var created: Timestamp
    package var updated: Timestamp
    /// The latest `historyLength` events.
    package var history: [MigrationEvent] = []

    /// Events that are remembered.
    package static let historyLength = 64
    /// Cutovers given up in a row from which on it is called stalled.
    package static let abortsThatStall = 8

    package init(
        number: Int64, key: QueueKey, life: QueueLife, from: String, to: String, firstEpoch: Epoch,
        keepSourceSeconds: Int, waitsForCutover: Bool = false, created: Timestamp
    ) {
        self.number = number
        self.key = key
        self.life = life
        self.from = from
        self.to = to
        self.firstEpoch = firstEpoch
        self.keepSourceSeconds = keepSourceSeconds
        self.waitsForCutover = waitsForCutover
        self.created = created
        updated = created
    }

    // MARK: Which way

    /// The pool that the queue leaves: on the way back the one it had come to.
    package var source: String { isReturning ? to : from }
    /// The pool that the queue goes to.
    package var target: String { isReturning ? from : to }

    /// The route as it was when it began.
    package var firstRef: QueueRef { ref(0) }
    /// The route as it is until the switch of this way.
    package var sourceRef: QueueRef { ref(isReturning ? 1 : 0) }
    /// The route as it is from the switch of this way on.
    package var targetRef: QueueRef { ref(isReturning ? 2 : 1) }

    /// The pool that marks changes for it, if any does at present: until a switch the source, then the target, for a way
    /// back.
    package var capturingPool: String { isBeforeSwitch ? source : target }
    /// The route there.
    package var capturingRef: QueueRef { isBeforeSwitch ? sourceRef : targetRef }

    private func ref(_ switches: Int64) -> QueueRef {
        QueueRef(life: life, epoch: Epoch(firstEpoch.value + switches))
    }

    /// What its worker bears at the pools.
    package var moveTurn: MoveTurn { MoveTurn(migration: number, turn: turn) }

    // MARK: Its state

    /// As the API names it.
    package var state: MigrationState {
        switch step {
        case .ended: outcome.map(\.state) ?? .failed
        case .undoing: .cleaning
        case _ where isPaused: .paused
        case _ where isReturning: .reversing
        case .planned: .planned
        case .copying: .copying
        case .catchingUp: .catchingUp
        case .ready: .ready
        case .cutover: .cutover
        case .switched: .switched
        case .cleaning: .cleaning
        }
    }

    /// Whether it is over: nothing of it is left in any pool but the queue itself.
    package var hasEnded: Bool { step == .ended }

    /// Whether the queue is still where it was when this way began.
    package var isBeforeSwitch: Bool {
        switch step {
        case .planned, .copying, .catchingUp, .ready, .cutover: true
        case .switched, .cleaning, .undoing, .ended: false
        }
    }

    /// Whether it can be left as it is while a pool is away: nobody waits for it, and nothing is to be removed.
    package var canWait: Bool { isBeforeSwitch && step != .cutover }

    /// Whether something of the queue is copied, which is worth going on with.
    package var hasCopied: Bool { step != .copying || progress.copiedThrough != .start }

    /// Whether only the word of an operator is missing for the cutover.
    package var waitsForOrder: Bool { step == .ready && waitsForCutover && !isPaused }

    /// What is said of one whose cutovers are given up again and again; nil of others.
    package var stalled: String? {
        guard isBeforeSwitch, progress.abortsInARow >= Self.abortsThatStall else { return nil }
        return "stalled: \(progress.abortsInARow) cutovers in a row were given up"
    }

    /// Whether nothing is to be done for it now: it waits for a time or for an operator.
    package func rests(at now: Timestamp) -> Bool {
        switch step {
        case .ended: true
        case .switched: sourceIsKept(at: now)
        default: isPaused
        }
    }

    private func sourceIsKept(at now: Timestamp) -> Bool {
        switchedAt.map { $0.adding(seconds: keepSourceSeconds) > now } ?? false
    }
}

extension MigrationOutcome {
    fileprivate var state: MigrationState {
        switch self {
        case .done: .done
        case .cancelled: .cancelled
        case .failed: .failed
        case .reversed: .reversed
        }
    }
}
