internal import NIOCore
internal import Synchronization
internal import WeirDomain
internal import WeirOperations

/// One connection as the service sees it, from any task: the requests that come, and where answers and pushes go.
package final class SocketConnection: Sendable {
    /// Names the connection in the subscribers of its subscriptions.
    let id: String
    let terms: SocketTerms
    /// The requests, one at a time: the next one comes after the answer. Ends with the connection.
    package let messages: AsyncStream<SocketMessage>
    let subscriptions = SocketSubscriptions()

    private let arrivals: AsyncStream<SocketMessage>.Continuation
    private let handler = Mutex<BoundHandler?>(nil)
    private let counters: SocketCounters

    package init(_ terms: SocketTerms, _ counters: SocketCounters) {
        var generator = Entropy()
        id = Identifier128.text(high: generator.next(), low: generator.next())
        self.terms = terms
        self.counters = counters
        // One request is on its way at a time, so this holds one.
        (messages, arrivals) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    // MARK: For the service

    package func answer(_ answer: SocketAnswer) {
        onLoop { $0.answered(answer) }
    }

    /// Sends a message that nobody asked for, when the client has taken those before. False if the connection ends first.
    package func push(_ message: SocketMessage) async -> Bool {
        guard let handler = handler.withLock({ $0 }) else { return false }
        return await withCheckedContinuation { sent in
            handler.execute { $0.push(message, sent) }
        }
    }

    func subscriptionsChanged() {
        onLoop { $0.subscriptionsChanged() }
    }

    /// Ends the connection, and says why.
    func close(_ code: SocketCloseCode, _ reason: String) {
        onLoop { $0.close(code, reason) }
    }

    /// Ends the connection because the client did not keep up.
    func cutSlowReader() {
        onLoop { $0.cutSlowReader() }
    }

    private func onLoop(_ work: @escaping @Sendable (SocketHandler) -> Void) {
        handler.withLock { $0 }?.execute(work)
    }

    // MARK: For the handler

    func begin(_ handler: SocketHandler, on loop: any EventLoop) {
        let bound = BoundHandler(loop: loop, handler: NIOLoopBound(handler, eventLoop: loop))
        self.handler.withLock { $0 = bound }
        counters.opened()
    }

    func take(_ message: SocketMessage) {
        arrivals.yield(message)
    }

    func cut(_ cut: SocketCut) {
        counters.cut(cut)
    }

    func end() {
        let hadBegun = handler.withLock { handler in
            defer { handler = nil }
            return handler != nil
        }
        arrivals.finish()
        if hadBegun { counters.closed() }
    }
}

/// The handler, reachable from its event loop alone.
private struct BoundHandler: Sendable {
    let loop: any EventLoop
    let handler: NIOLoopBound<SocketHandler>

    func execute(_ work: @escaping @Sendable (SocketHandler) -> Void) {
        loop.execute { work(handler.value) }
    }
}
