import Synchronization
import TestSupport

/// Runs tasks on the thread that calls `run`, one job at a time, each chosen by a seed among those that could run. When
/// none could, virtual time goes on to the next sleeper. So a seed decides everything, and a run can be repeated.
final class SeededExecutor: TaskExecutor, Sendable {
    private struct Sleeper {
        let end: Int64
        let continuation: UnsafeContinuation<Void, Never>
    }

    private struct State {
        var ready: [UnownedJob] = []
        var sleepers: [Sleeper] = []
        var now: Int64 = 1_900_000_000_000
        var generator: SeededGenerator
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
    }

    /// Virtual milliseconds.
    var now: Int64 { state.withLock { $0.now } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    /// Returns after so many virtual milliseconds.
    func sleep(milliseconds: Int) async {
        await withUnsafeContinuation { continuation in
            state.withLock { state in
                state.sleepers.append(Sleeper(end: state.now + Int64(milliseconds), continuation: continuation))
            }
        }
    }

    /// Runs `body` and all that it starts, to the end of each.
    func run(_ body: @escaping @Sendable () async -> Void) {
        Task(executorPreference: self) { await body() }
        while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// The job to run now; nil if nothing can ever happen again.
    private func next() -> UnownedJob? {
        while true {
            let (job, sleeper) = state.withLock { state -> (UnownedJob?, Sleeper?) in
                guard state.ready.isEmpty else { return (Self.takeJob(&state), nil) }
                return (nil, Self.takeSleeper(&state))
            }
            if let job { return job }
            guard let sleeper else { return nil }
            sleeper.continuation.resume()
        }
    }

    private static func takeJob(_ state: inout State) -> UnownedJob {
        let index = Int.random(in: 0..<state.ready.count, using: &state.generator)
        state.ready.swapAt(index, state.ready.count - 1)
        return state.ready.removeLast()
    }

    private static func takeSleeper(_ state: inout State) -> Sleeper? {
        guard let first = state.sleepers.indices.min(by: { state.sleepers[$0].end < state.sleepers[$1].end }) else {
            return nil
        }
        let sleeper = state.sleepers.remove(at: first)
        state.now = max(state.now, sleeper.end)
        return sleeper
    }
}
