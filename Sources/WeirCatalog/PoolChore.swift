internal import Synchronization

/// Work that goes on beside the requests, pool by pool.
enum PoolChore: Hashable, Sendable {
    case ping
    case probe
    case collect
}

extension PoolDirectory {
    /// Does `work` for these pools at once and waits for it at most this long, so that one that hangs delays no
    /// other. A pool whose chore of this kind has not ended since the last time is left out.
    func perform(
        _ chore: PoolChore, on slots: [PoolSlot], within limit: Duration,
        _ work: @escaping @Sendable (PoolSlot) async -> Void
    ) async {
        let round = slots.filter { $0.begin(chore) }
        let countdown = Countdown(round.count)
        for slot in round {
            // Unstructured, since a group would wait for the one that hangs.
            Task {
                await work(slot)
                slot.end(chore)
                countdown.leave()
            }
        }
        await countdown.wait(atMost: limit)
    }
}

/// Waits for a number of tasks, or until a time is over.
final class Countdown: Sendable {
    private struct State {
        var left: Int
        var waiting: UnsafeContinuation<Void, Never>?
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(left: count))
    }

    func leave() {
        state.withLock { state -> UnsafeContinuation<Void, Never>? in
            state.left -= 1
            return state.left == 0 ? Self.release(&state) : nil
        }?.resume()
    }

    /// Only one may wait.
    func wait(atMost limit: Duration) async {
        let alarm = Task {
            try await Task.sleep(for: limit)
            state.withLock { Self.release(&$0) }?.resume()
        }
        await withUnsafeContinuation { continuation in
            let isOver = state.withLock { state in
                if state.left > 0 { state.waiting = continuation }
                return state.left <= 0
            }
            if isOver { continuation.resume() }
        }
        alarm.cancel()
    }

    private static func release(_ state: inout State) -> UnsafeContinuation<Void, Never>? {
        defer { state.waiting = nil }
        return state.waiting
    }
}
