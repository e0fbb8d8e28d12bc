internal import Synchronization

/// Waits, without holding a thread, until a number of threads have left.
package final class Latch: Sendable {
    private struct State {
        var inside = 0
        var waiting: [UnsafeContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func add(_ count: Int) {
        state.withLock { $0.inside += count }
    }

    package func leave() {
        let waiting = state.withLock { state in
            state.inside -= 1
            guard state.inside == 0 else { return [UnsafeContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    package func wait() async {
        await withUnsafeContinuation { continuation in
            let isOver = state.withLock { state in
                if state.inside > 0 { state.waiting.append(continuation) }
                return state.inside == 0
            }
            if isOver { continuation.resume() }
        }
    }
}
