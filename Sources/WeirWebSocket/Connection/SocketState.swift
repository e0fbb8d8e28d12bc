package import NIOCore
internal import WeirDomain

/// What a connection does next, as a value: without a channel, a clock or a thread. One request is served at a time, in
/// the order in which they came.
package struct SocketState {
    package enum Action: Equatable {
        case serve(SocketMessage)
        case send(SocketMessage)
        case ping
        case pong(ByteBuffer)
        case sendClose(SocketCloseCode, String)
        case echoClose(ByteBuffer)
        /// Lets what was written leave, and says that nothing more will come.
        case finish
        /// Closes at once, and counts why.
        case cut(SocketCut)
        /// Closes at once.
        case drop
    }

    private enum Phase: Equatable {
        case open
        /// No more requests are taken; the one at hand is finished first.
        case quiescing
        /// The client has sent all that it will, and what it sent is served first: with its close frame, or without one.
        case draining(ByteBuffer?)
        /// A close frame has been sent; the client's is awaited until then.
        case closing(until: NIODeadline)
        /// All has been said; the client closes the connection until then.
        case finishing(until: NIODeadline)
        case closed
    }

    private let terms: SocketTerms
    private var phase = Phase.open
    private var isBusy = false
    /// Requests behind the one at hand. Reading stops while there are any, so these are what one read brought.
    private var waiting: [SocketMessage] = []
    private var unwritableSince: NIODeadline?
    /// Bytes that the client had not taken then.
    private var unsent = 0
    private var lastHeard: NIODeadline
    private var pingedAt: NIODeadline?
    private var lastRequest: NIODeadline
    /// A connection with subscriptions is never idle.
    package var hasSubscriptions = false

    package init(_ terms: SocketTerms, now: NIODeadline) {
        self.terms = terms
        lastHeard = now
        lastRequest = now
    }

    package var isOpen: Bool { phase == .open }
    package var isWritable: Bool { unwritableSince == nil }

    /// Whether the channel should be read: a client that does not take its answers, or sends faster than it is served,
    /// has to wait.
    package var wantsReading: Bool {
        switch phase {
        case .open: waiting.isEmpty && isWritable
        case .quiescing, .draining, .closed: false
        case .closing, .finishing: true
        }
    }

    // MARK: From the client

    package mutating func received(_ message: SocketMessage, now: NIODeadline) -> [Action] {
        guard isOpen else { return [] }
        heard(now)
        lastRequest = now
        guard !isBusy, waiting.isEmpty, isWritable else {
            waiting.append(message)
            return []
        }
        isBusy = true
        return [.serve(message)]
    }

    package mutating func receivedPing(_ data: ByteBuffer, now: NIODeadline) -> [Action] {
        heard(now)
        // A client that reads nothing gets nothing more to read.
        return isOpen && isWritable ? [.pong(data)] : []
    }

    package mutating func receivedClose(_ data: ByteBuffer, now: NIODeadline) -> [Action] {
        switch phase {
        case .open where isBusy || !waiting.isEmpty:
            phase = .draining(data)
            return []
        case .open, .quiescing: return finish(echoing: data, now: now)
        case .closing:
            phase = .finishing(until: now + terms.closeTimeout)
            return [.finish]
        case .draining, .finishing, .closed: return []
        }
    }

    private mutating func finish(echoing data: ByteBuffer, now: NIODeadline) -> [Action] {
        phase = .finishing(until: now + terms.closeTimeout)
        waiting = []
        return [.echoClose(data), .finish]
    }

    /// Any bytes show that the client is there.
    package mutating func heard(_ now: NIODeadline) {
        lastHeard = now
        pingedAt = nil
    }

    /// The client broke the protocol or a limit.
    package mutating func failed(_ code: SocketCloseCode, _ reason: String, now: NIODeadline) -> [Action] {
        close(code, reason, now: now)
    }

    /// The client will send no more.
    package mutating func inputClosed() -> [Action] {
        switch phase {
        case .open where isBusy || !waiting.isEmpty:
            phase = .draining(nil)
            return []
        case .draining, .closed: return []
        case .open, .quiescing, .closing, .finishing:
            phase = .closed
            return [.drop]
        }
    }

    // MARK: From this side

    package mutating func answered(_ answer: SocketAnswer, now: NIODeadline) -> [Action] {
        isBusy = false
        guard isServing else { return [] }
        lastRequest = now
        // The client had no chance to be heard while reading had stopped.
        restartPong(now)
        switch answer {
        case .close(let code, let reason):
            return close(code, reason, now: now)
        case .reply(let message):
            guard phase == .quiescing else { return [.send(message)] }
            phase = .open
            return [.send(message)] + close(.goingAway, Self.stopping, now: now)
        }
    }

    /// Whether what is being served is still to be answered.
    private var isServing: Bool {
        switch phase {
        case .open, .quiescing, .draining: true
        case .closing, .finishing, .closed: false
        }
    }

    /// The next request, if one waits and may be served; the end, if none is left of a client that has sent its last. To be
    /// asked after everything that was written.
    package mutating func next(now: NIODeadline) -> [Action] {
        guard !isBusy, isWritable else { return [] }
        switch phase {
        case .open where !waiting.isEmpty, .draining where !waiting.isEmpty:
            isBusy = true
            return [.serve(waiting.removeFirst())]
        case .draining(let data?): return finish(echoing: data, now: now)
        case .draining(nil):
            phase = .closed
            return [.drop]
        case .open, .quiescing, .closing, .finishing, .closed: return []
        }
    }

    /// - Parameter bytes: What was written and not yet taken.
    package mutating func writabilityChanged(_ isWritable: Bool, unsent bytes: Int, now: NIODeadline) {
        if isWritable {
            unwritableSince = nil
            restartPong(now)
        } else {
            unsent = unwritableSince == nil ? bytes : max(unsent, bytes)
            unwritableSince = unwritableSince ?? now
        }
    }

    /// So much is not yet taken: a client that has taken some meanwhile is slow, and there.
    package mutating func remains(_ bytes: Int, now: NIODeadline) {
        guard unwritableSince != nil, unsent - bytes >= Limits.slowestReadBytes else { return }
        unwritableSince = now
        unsent = bytes
    }

    /// This process stops: what is being served is finished, then the connection is closed.
    package mutating func quiesce(now: NIODeadline) -> [Action] {
        if case .draining = phase { waiting = [] }
        guard phase == .open else { return [] }
        waiting = []
        guard !isBusy else {
            phase = .quiescing
            return []
        }
        return close(.goingAway, Self.stopping, now: now)
    }

    package mutating func cutOff(_ cut: SocketCut) -> [Action] {
        guard phase != .closed else { return [] }
        phase = .closed
        waiting = []
        return [.cut(cut)]
    }

    package mutating func closed() {
        phase = .closed
        waiting = []
    }

    private mutating func close(_ code: SocketCloseCode, _ reason: String, now: NIODeadline) -> [Action] {
        guard isServing else { return [] }
        phase = .closing(until: now + terms.closeTimeout)
        waiting = []
        return [.sendClose(code, reason)]
    }

    private mutating func restartPong(_ now: NIODeadline) {
        if pingedAt != nil { pingedAt = now }
    }

    private static let stopping = "the service stops"
    private static let idle = "no request for too long"

    // MARK: Time

    /// When `tick` has something to do, unless something else happens before.
    package var deadline: NIODeadline? {
        switch phase {
        case .closed: return nil
        case .closing(let until), .finishing(let until): return until
        case .open, .quiescing, .draining: break
        }
        if let unwritableSince { return unwritableSince + terms.sendTimeout }
        guard phase == .open, wantsReading else { return nil }
        let silence = pingedAt.map { $0 + terms.pongTimeout } ?? lastHeard + terms.pingInterval
        return canIdle ? min(silence, lastRequest + terms.idleTimeout) : silence
    }

    private var canIdle: Bool { !isBusy && !hasSubscriptions }

    package mutating func tick(now: NIODeadline) -> [Action] {
        guard let deadline, deadline <= now else { return [] }
        guard isServing else {
            phase = .closed
            return [.drop]
        }
        if unwritableSince != nil { return cutOff(.slowReader) }
        if canIdle, lastRequest + terms.idleTimeout <= now {
            return close(.normal, Self.idle, now: now)
        }
        if let pingedAt {
            return pingedAt + terms.pongTimeout <= now ? cutOff(.halfOpen) : []
        }
        pingedAt = now
        return [.ping]
    }
}
