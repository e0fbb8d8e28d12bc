import Synchronization

/// Lets in so many at once; the others wait their turn without holding a thread.
package final class Gate: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// A gate with this many places.
    package init(_ places: Int) {
        state = Mutex(State(free: places))
    }

    /// For all who use the MongoDB that the tests share.
    package static let mongodb = Gate(4)
    /// For those who start a Redis of their own in suites of many tests.
    package static let redis = Gate(8)

    /// Works once there is a place, and gives it back.
    package func pass<Answer>(
        _ work: nonisolated(nonsending) () async throws -> Answer
    ) async rethrows -> Answer {
        await enter()
        defer { leave() }
        return try await work()
    }

    private func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}
