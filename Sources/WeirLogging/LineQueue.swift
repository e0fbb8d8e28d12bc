internal import Logging
internal import Synchronization

/// Takes lines from any thread without ever waiting for I/O, and hands them to one thread in batches: a batch
/// is whatever came since the last one.
final class LineQueue: Sendable {
    private struct State {
        var lines: LineBuffer
        var fields: Fields
        var dropped = 0
        /// The thread has nothing to do and waits for a line.
        var isSleeping = false
        /// The thread was told that the buffer is half full.
        var isUrgent = false
        var isClosed = false
        var waiters: [Signal] = []
    }

    /// How long the thread lets lines gather after a batch, so that under load no caller has to wake it for
    /// each line. The first line after a quiet time is written at once.
    private static let nap = Duration.milliseconds(5)

    private let state: Mutex<State>
    private let wakeup = Signal()
    private let capacity: Int
    private let now: @Sendable () -> Int64

    /// `capacity` bounds the bytes that wait; as many again may be in the middle of being written.
    init(format: EventFormat, capacity: Int, now: @escaping @Sendable () -> Int64) {
        state = Mutex(State(lines: LineBuffer(format: format), fields: Fields(format: format)))
        self.capacity = capacity
        self.now = now
    }

    /// Adds a line whose fields `write` makes, or counts it as dropped if there is no room. `write` runs
    /// under the lock: it must not log.
    func append(level: Logger.Level, _ write: (inout Fields) -> Void) {
        let mustWake = state.withLock { state in
            state.fields.reset()
            write(&state.fields)
            return add(level: level, fields: state.fields.bytes, to: &state)
        }
        if mustWake { wakeup.post() }
    }

    /// Adds a line with ready-made `fields`, or counts it as dropped if there is no room.
    func append(level: Logger.Level, fields: Fields) {
        let mustWake = state.withLock { add(level: level, fields: fields.bytes, to: &$0) }
        if mustWake { wakeup.post() }
    }

    /// True if the thread has to be woken: it sleeps, or it naps while the buffer fills up.
    private func add(level: Logger.Level, fields: [UInt8], to state: inout State) -> Bool {
        let longestFrame = 64
        if state.lines.bytes.count + fields.count + longestFrame > capacity {
            state.dropped += 1
        } else {
            state.lines.append(level: level, milliseconds: now(), fields: fields)
        }
        let mustWake = state.isSleeping || (!state.isUrgent && state.lines.bytes.count > capacity / 2)
        state.isUrgent = state.lines.bytes.count > capacity / 2
        state.isSleeping = false
        return mustWake
    }

    /// Waits until every line that was added before is written, at most `limit`. True if they are.
    func flush(within limit: Duration) -> Bool {
        let written = Signal()
        state.withLock { $0.waiters.append(written) }
        wakeup.post()
        return written.wait(within: limit)
    }

    /// Lets `drain` return once all is written.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeup.post()
    }

    /// Gives every batch to `write`, until the queue is closed. For one thread only.
    func drain(_ write: ([UInt8]) -> Void) {
        var bytes: [UInt8] = []
        while true {
            bytes.removeAll(keepingCapacity: true)
            let (waiters, isClosed) = state.withLock { take(&bytes, from: &$0) }
            if !bytes.isEmpty { write(bytes) }
            for waiter in waiters { waiter.post() }
            if !bytes.isEmpty {
                _ = wakeup.wait(within: Self.nap)
            } else if waiters.isEmpty {
                if isClosed { return }
                wakeup.wait()
            }
        }
    }

    private func take(_ bytes: inout [UInt8], from state: inout State) -> ([Signal], Bool) {
        swap(&bytes, &state.lines.bytes)
        if state.dropped > 0 {
            // Behind the lines that filled the buffer is where the dropped ones would have stood.
            var notice = LineBuffer(format: state.lines.format)
            var fields = Fields(format: notice.format)
            fields.append("event", "log lines were dropped")
            fields.append("dropped", state.dropped)
            notice.append(level: .warning, milliseconds: now(), fields: fields.bytes)
            bytes += notice.bytes
            state.dropped = 0
        }
        let waiters = state.waiters
        state.waiters = []
        state.isUrgent = false
        state.isSleeping = bytes.isEmpty && waiters.isEmpty
        return (waiters, state.isClosed)
    }
}
