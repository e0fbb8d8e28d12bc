internal import Synchronization
package import WeirDomain

/// Tells those that wait for messages of a queue that there may be some: at once when they come through this node, and
/// by one look at a queue every `Limits.glanceMilliseconds`, however many wait, when they come in other ways: through
/// another node, or because a delay or a claim ends.
package final class QueueSignals: Sendable {
    typealias Line = QueueLine<CheckedContinuation<WaitTurn, Never>>

    private struct State {
        var lines: [QueueKey: Line] = [:]
        var lastNumber: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    /// All that wait; read without the lock, since a post must cost nothing where nobody does.
    private let waiters = Atomic<Int>(0)
    private let clock: any WeirClock
    /// Queues that nobody waited for until now. There are no more of them than waiters.
    private let begun = AsyncStream<QueueKey>.makeStream()

    package init(clock: any WeirClock) {
        self.clock = clock
    }

    /// How many wait.
    package var waiting: Int { waiters.load(ordering: .relaxed) }

    /// Whether every wait has ended for good.
    var isStopping: Bool { state.withLock { $0.isClosed } }

    // MARK: Signals

    /// There may be so many messages more in the queue than there were.
    package func signal(_ key: QueueKey, messages: Int = 1) {
        guard waiters.load(ordering: .sequentiallyConsistent) > 0 else { return }
        resume(state.withLock { $0.lines[key]?.wake(messages: messages) ?? [] }, .look)
    }

    /// Returns when there may be something new to see in the queue, true, or it is `deadline`, false; at once, false,
    /// if too many wait already.
    package func wait(for key: QueueKey, until deadline: Timestamp) async -> Bool {
        guard let place = join(key, to: .seeing, until: deadline) else { return false }
        defer { place.leave() }
        return await place.turn() == .look
    }

    /// A place in the line of a queue; nil if it, or all lines together, are as long as they may be, or the node stops.
    package func join(_ key: QueueKey, to purpose: WaitPurpose, until deadline: Timestamp) -> WaitingPlace? {
        let now = clock.now()
        return state.withLock { state in
            guard !state.isClosed, waiters.load(ordering: .relaxed) < Limits.waitersPerNode,
                state.lines[key]?.count ?? 0 < Limits.waitersPerQueue
            else { return nil }
            if state.lines[key] == nil {
                state.lines[key] = Line(at: now)
                begun.continuation.yield(key)
            }
            state.lastNumber += 1
            waiters.add(1, ordering: .sequentiallyConsistent)
            let isFirst = state.lines[key]?.join(state.lastNumber, to: purpose, until: deadline)
            return WaitingPlace(self, key, state.lastNumber, looksFirst: isFirst ?? true)
        }
    }

    // MARK: Places

    func turn(_ key: QueueKey, _ number: UInt64) async -> WaitTurn {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = clock.now()
                let turn: WaitTurn? = state.withLock { state in
                    guard !state.isClosed else { return .ended }
                    guard state.lines[key] != nil else { return .ended }
                    return state.lines[key]?.park(number, continuation, now: now)
                }
                if let turn { continuation.resume(returning: turn) }
            }
        } onCancel: {
            end(key, number)
        }
    }

    func end(_ key: QueueKey, _ number: UInt64) {
        let caller = state.withLock { $0.lines[key]?.end(number) }
        if let caller { resume([caller], .ended) }
    }

    func leave(_ key: QueueKey, _ number: UInt64, leavingMore: Bool) {
        let woken = state.withLock { $0.lines[key]?.leave(number, leavingMore: leavingMore) ?? [] }
        waiters.subtract(1, ordering: .sequentiallyConsistent)
        resume(woken, .look)
    }

    private func resume(_ callers: [CheckedContinuation<WaitTurn, Never>], _ turn: WaitTurn) {
        for caller in callers { caller.resume(returning: turn) }
    }

    // MARK: Watching

    /// Watches the queues that are waited for, until told to stop. Then every wait ends.
    /// - Parameter glance: Looks at a queue; nil if that cannot be done now.
    package func run(_ glance: @escaping @Sendable (QueueKey) async -> QueueGlance?) async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                for await key in begun.stream {
                    group.addTask { await self.watch(key, glance) }
                }
                group.cancelAll()
            }
        } onCancel: {
            close()
        }
    }

    private func watch(_ key: QueueKey, _ glance: @Sendable (QueueKey) async -> QueueGlance?) async {
        while !Task.isCancelled, let pause = await step(key, glance) { await clock.sleep(milliseconds: pause) }
    }

    /// What is due in the line of a queue now. Returns the milliseconds until more is; nil if nobody waits any more.
    package func step(
        _ key: QueueKey, _ glance: @Sendable (QueueKey) async -> QueueGlance?
    ) async -> Int? {
        let now = clock.now()
        guard let due = state.withLock({ $0.lines[key]?.step(now) }) else { return nil }
        resume(due.over, .over)
        if due.mustGlance, let seen = await glance(key) {
            resume(state.withLock { $0.lines[key]?.apply(seen) ?? [] }, .look)
        }
        return state.withLock { state in
            guard let line = state.lines[key], line.count > 0 else {
                state.lines[key] = nil
                return nil
            }
            return line.pause(clock.now())
        }
    }

    private func close() {
        let lines = state.withLock { state in
            state.isClosed = true
            defer { state.lines = [:] }
            return state.lines
        }
        for var line in lines.values { resume(line.disband(), .ended) }
    }
}
