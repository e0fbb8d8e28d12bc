import NIOCore

/// The connections of one event loop, and what they count. Lives on that event loop only.
final class LoadLoop {
    private let eventLoop: any EventLoop
    private var plan = LoadPlan()
    private var connections: [LoadConnection] = []
    private var running = 0
    private var finished: EventLoopPromise<LoadTally>?
    private var watch: RepeatedTask?
    private(set) var tally = LoadTally()

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Takes a connection that is being set up; it waits for `run`.
    func add(_ connection: LoadConnection) {
        connections.append(connection)
        running += 1
    }

    /// Starts all connections; the future is done when the last of them has come to its end.
    func run(_ plan: LoadPlan) -> EventLoopFuture<LoadTally> {
        self.plan = plan
        let promise = eventLoop.makePromise(of: LoadTally.self)
        finished = promise
        let loop = NIOLoopBound(self, eventLoop: eventLoop)
        let interval = TimeAmount.nanoseconds(Int64(min(plan.answerTimeout, 1_000_000_000)))
        watch = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            loop.value.expireOverdue(now: monotonicNow())
        }
        for connection in connections { connection.begin() }
        finishIfIdle()
        return promise.futureResult
    }

    /// Ends every connection whose answer is overdue.
    func expireOverdue(now: UInt64) {
        for connection in connections { connection.expire(now: now, timeout: plan.answerTimeout) }
    }

    /// Whether a connection may send another request, which then is taken from the budget.
    func maySend(now: UInt64, isMidCycle: Bool) -> Bool {
        if !isMidCycle && plan.isInterrupted() { return false }
        if now < plan.countFrom { return true }
        if let stopAt = plan.stopAt, now >= stopAt, !isMidCycle { return false }
        guard let left = plan.requests else { return true }
        guard left > 0 || isMidCycle else { return false }
        plan.requests = left - 1
        return true
    }

    /// Counts an answer. Failures of the warm-up count too: a run with refused requests is never a good one.
    func answered(_ verdict: Verdict, status: Int, sentAt: UInt64, now: UInt64) {
        let failed = verdict == .refused || verdict == .unreadable
        guard failed || sentAt >= plan.countFrom else { return }
        tally.count(verdict, status: status, sentAt: sentAt, now: now)
    }

    /// Counts a failure that is not an answer.
    func failed(_ kind: String, because reason: String) {
        tally.fail(kind, because: reason)
    }

    /// A connection has come to its end.
    func ended() {
        running -= 1
        finishIfIdle()
    }

    private func finishIfIdle() {
        guard running == 0, let promise = finished else { return }
        finished = nil
        watch?.cancel()
        // They hold this object in turn.
        connections.removeAll()
        promise.succeed(tally)
    }
}

/// Nanoseconds of a clock that never goes back.
func monotonicNow() -> UInt64 { NIODeadline.now().uptimeNanoseconds }
