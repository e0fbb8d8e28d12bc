internal import CCurl
internal import StoreThreads
internal import Synchronization
internal import WeirDomain

/// Runs transfers, many at a time, on a thread of its own. Those beyond its bound wait in line.
final class TransferThread: Sendable {
    private struct Waiting: Sendable {
        let order: TransferOrder
        let continuation: Transfer.Continuation
    }

    private struct State {
        var waiting: [Waiting] = []
        var isClosed = false
    }

    /// The library's handle of many transfers.
    // Sendable by hand: used by the one thread alone, but for waking it, which the library allows from everywhere.
    private struct Multi: @unchecked Sendable {
        let handle: UnsafeMutableRawPointer
    }

    private let state = Mutex(State())
    private let multi: Multi
    private let concurrency: Int
    private let ended = Latch()

    /// - Parameter concurrency: transfers that run at a time.
    init(concurrency: Int) {
        Self.library
        // Null means no memory at the start: nothing can be served.
        guard let handle = curl_multi_init() else { preconditionFailure("no memory for requests") }
        multi = Multi(handle: handle)
        self.concurrency = concurrency
        weir_curl_multi_number(handle, CURLMOPT_MAXCONNECTS, Limits.idleDeliveryConnections)
        ended.add(1)
        Thread.start { [self] in
            serve()
            ended.leave()
        }
    }

    /// Set up once: the library's own rule.
    private static let library: Void = { _ = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }()

    /// Nil, and nothing was done, if too many wait.
    func run(_ order: TransferOrder) async -> TransferOutcome? {
        await withUnsafeContinuation { continuation in
            let isTaken = state.withLock { state in
                guard !state.isClosed, state.waiting.count < Limits.waitingDeliveries else { return false }
                state.waiting.append(Waiting(order: order, continuation: continuation))
                curl_multi_wakeup(multi.handle)
                return true
            }
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    /// Breaks off what runs and waits, and takes no more.
    func breakOff() {
        state.withLock { state in
            // The handle is gone once the thread has seen this.
            if !state.isClosed { curl_multi_wakeup(multi.handle) }
            state.isClosed = true
        }
    }

    /// Returns once nothing runs.
    func shutdown() async {
        breakOff()
        await ended.wait()
    }

    // MARK: The thread

    /// How long the thread sleeps when nothing happens; it is woken for everything.
    private static let idleMilliseconds: Int32 = 1000

    private func serve() {
        var running: [UnsafeMutableRawPointer: Transfer] = [:]
        while true {
            let (fresh, isClosed) = state.withLock { state in
                let count = min(concurrency - running.count, state.waiting.count)
                defer { state.waiting.removeFirst(count) }
                return (Array(state.waiting.prefix(count)), state.isClosed)
            }
            if isClosed {
                breakOff(running, fresh)
                return
            }
            for each in fresh { start(each, &running) }
            var active: Int32 = 0
            curl_multi_perform(multi.handle, &active)
            if collect(&running) == 0 {
                curl_multi_poll(multi.handle, nil, 0, Self.idleMilliseconds, nil)
            }
        }
    }

    private func start(_ waiting: Waiting, _ running: inout [UnsafeMutableRawPointer: Transfer]) {
        guard let handle = curl_easy_init() else {
            waiting.continuation.resume(returning: TransferOutcome(failure: "no memory"))
            return
        }
        running[handle] = Transfer(waiting.order, handle, waiting.continuation)
        curl_multi_add_handle(multi.handle, handle)
    }

    /// Settles those that are done, and says how many those were.
    private func collect(_ running: inout [UnsafeMutableRawPointer: Transfer]) -> Int {
        var count = 0
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi.handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let code = weir_curl_result(message)
            curl_multi_remove_handle(multi.handle, handle)
            running.removeValue(forKey: handle)?.finish(code)
            count += 1
        }
        return count
    }

    private func breakOff(_ running: [UnsafeMutableRawPointer: Transfer], _ fresh: [Waiting]) {
        let reason = "this node stops"
        for (handle, transfer) in running {
            curl_multi_remove_handle(multi.handle, handle)
            transfer.fail(reason)
        }
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return fresh + state.waiting
        }
        for each in waiting { each.continuation.resume(returning: TransferOutcome(failure: reason)) }
        curl_multi_cleanup(multi.handle)
    }
}
