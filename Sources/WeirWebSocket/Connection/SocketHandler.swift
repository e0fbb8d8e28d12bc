internal import NIOCore
internal import NIOWebSocket
internal import WeirDomain

/// The end of the way in of a connection that speaks WebSocket: tells the state what happens and does what it says. The
/// handlers of HTTP stay behind it and hear no more.
final class SocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Never
    typealias OutboundOut = WebSocketFrame

    private var state: SocketState
    private let connection: SocketConnection
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var timerDeadline: NIODeadline?
    /// Pushes that wait until the client has taken what was written before: at most one for each subscription.
    private var pushes: [(message: SocketMessage, sent: CheckedContinuation<Bool, Never>)] = []

    init(_ terms: SocketTerms, _ connection: SocketConnection, now: NIODeadline) {
        state = SocketState(terms, now: now)
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        settle()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    // MARK: From the channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        let now = context.eventLoop.now
        switch frame.opcode {
        case .text, .binary:
            let message = SocketMessage(isText: frame.opcode == .text, payload: frame.unmaskedData)
            perform(state.received(message, now: now))
        case .ping: perform(state.receivedPing(frame.unmaskedData, now: now))
        case .connectionClose: perform(state.receivedClose(frame.unmaskedData, now: now))
        default: state.heard(now)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Parts of a long message count as well.
        state.heard(context.eventLoop.now)
        settle()
        if state.wantsReading { context.read() }
    }

    /// What the handlers behind this one want read is none of their business any more.
    func read(context: ChannelHandlerContext) {
        if state.wantsReading { context.read() }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.outputClosed)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        noteWritability(context)
        resume()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: perform(state.quiesce(now: context.eventLoop.now))
        case ChannelEvent.inputClosed: perform(state.inputClosed())
        default: break
        }
        settle()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let (code, reason): (SocketCloseCode, String) =
            switch error {
            case NIOWebSocketFrameAggregator.Error.tooManyFragments:
                (.tooLarge, "a message may have \(Limits.socketFragments) fragments")
            case NIOWebSocketError.invalidFrameLength,
                NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge:
                (.tooLarge, "a message may have \(connection.terms.messageBytes) bytes")
            case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error: (.protocolError, "broken framing")
            case let violation as SocketFrameRules.Violation: (.protocolError, violation.reason)
            // Also what the decoder says of bytes after a broken frame: they are thrown away while the client hears why.
            default: (.goingAway, "the connection failed")
            }
        perform(state.failed(code, reason, now: context.eventLoop.now))
        settle()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    // MARK: From the service

    func answered(_ answer: SocketAnswer) {
        guard let context else { return }
        perform(state.answered(answer, now: context.eventLoop.now))
        resume()
    }

    func push(_ message: SocketMessage, _ sent: CheckedContinuation<Bool, Never>) {
        guard context != nil, state.isOpen else { return sent.resume(returning: false) }
        pushes.append((message, sent))
        resume()
    }

    func cutSlowReader() {
        perform(state.cutOff(.slowReader))
    }

    /// Looks for itself: what others saw may be old by now.
    func subscriptionsChanged() {
        state.hasSubscriptions = !connection.subscriptions.isEmpty
        settle()
    }

    func close(_ code: SocketCloseCode, _ reason: String) {
        guard let context else { return }
        perform(state.failed(code, reason, now: context.eventLoop.now))
        settle()
    }

    // MARK: Doing it

    private func resume() {
        guard let context else { return }
        while !pushes.isEmpty, state.isOpen, state.isWritable {
            let (message, sent) = pushes.removeFirst()
            perform([.send(message)])
            sent.resume(returning: true)
        }
        perform(state.next(now: context.eventLoop.now))
        settle()
        if state.wantsReading { context.read() }
    }

    private func perform(_ actions: [SocketState.Action]) {
        guard let context else { return }
        for action in actions {
            switch action {
            case .serve(let message): connection.take(message)
            case .send(let message): send(message.isText ? .text : .binary, message.payload)
            case .ping: send(.ping, ByteBuffer())
            case .pong(let data): send(.pong, data)
            case .sendClose(let code, let reason):
                var data = ByteBuffer()
                data.writeInteger(code.rawValue)
                data.writeString(reason)
                send(.connectionClose, data)
            case .echoClose(let data): send(.connectionClose, data.getSlice(at: data.readerIndex, length: 2) ?? ByteBuffer())
            case .finish: context.close(mode: .output, promise: nil)
            case .cut(let cut):
                connection.cut(cut)
                context.close(promise: nil)
            case .drop: context.close(promise: nil)
            }
        }
    }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer) {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: opcode, data: data)), promise: nil)
        // The channel tells of it later, but the next decision is made now.
        if !context.channel.isWritable { noteWritability(context) }
    }

    private func noteWritability(_ context: ChannelHandlerContext) {
        let channel = context.channel
        state.writabilityChanged(channel.isWritable, unsent: channel.unsentBytes, now: context.eventLoop.now)
    }

    /// Brings the timer in line with the state. One that fires too early sets the next one, which is cheaper than
    /// moving it with every frame.
    private func settle() {
        guard let context, let deadline = state.deadline else { return }
        if let timerDeadline, timerDeadline <= deadline { return }
        timer?.cancel()
        timerDeadline = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.tick() }
    }

    private func tick() {
        timer = nil
        timerDeadline = nil
        guard let context else { return }
        state.remains(context.channel.unsentBytes, now: context.eventLoop.now)
        perform(state.tick(now: context.eventLoop.now))
        settle()
    }

    private func end() {
        state.closed()
        timer?.cancel()
        timer = nil
        timerDeadline = nil
        for push in pushes { push.sent.resume(returning: false) }
        pushes = []
        connection.end()
    }
}

extension Channel {
    /// Bytes that were written and that the kernel has not taken yet: they become fewer as the client reads.
    fileprivate var unsentBytes: Int {
        (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
