internal import NIOCore
internal import Synchronization

/// Runs the tasks of an event loop's connections on that loop, so that a request crosses no thread but the store's.
///
/// A store's thread wakes many requests at once: the first of them wakes the loop, the others only join the line.
final class LoopExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// Whether the loop has been told to come by.
        var isExpected = false
    }

    private let loop: any EventLoop
    private let state = Mutex(State())

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustCall = state.withLock { state in
            state.jobs.append(job)
            defer { state.isExpected = true }
            return !state.isExpected
        }
        if mustCall { loop.execute { self.run() } }
    }

    /// Runs what was in line when it began; what comes meanwhile waits until the loop has looked at its sockets.
    private func run() {
        let jobs = state.withLock { state in
            let jobs = state.jobs
            state.jobs = []
            state.jobs.reserveCapacity(jobs.count)
            return jobs
        }
        let executor = asUnownedTaskExecutor()
        for job in jobs { job.runSynchronously(on: executor) }
        let isMore = state.withLock { state in
            state.isExpected = !state.jobs.isEmpty
            return state.isExpected
        }
        if isMore { loop.execute { self.run() } }
    }
}

/// One executor for each event loop of a group.
struct LoopExecutors: Sendable {
    private let executors: [ObjectIdentifier: LoopExecutor]

    init(_ group: any EventLoopGroup) {
        executors = Dictionary(uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), LoopExecutor($0)) })
    }

    /// The one of a loop of the group; for other loops one of their own.
    subscript(loop: any EventLoop) -> LoopExecutor {
        executors[ObjectIdentifier(loop)] ?? LoopExecutor(loop)
    }
}
