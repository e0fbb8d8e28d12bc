internal import NIOCore
internal import NIOHTTP1
internal import WeirDomain
internal import WeirOperations

/// Serves one connection on its event loop: gathers a request, has it answered, writes the answer, takes the next.
///
/// Requests that a client sends ahead wait in line; a long line stops the reading, and so does a client that does not
/// read its answers. A body that nobody can want is thrown away as it comes, up to a bound, so that its sender gets to
/// read why. After a broken request the connection ends.
final class HTTPConnection: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let service: HTTPService
    private let executor: LoopExecutor
    private let idleTimeout: TimeAmount
    private let upgraded: UpgradedConnection
    private var context: ChannelHandlerContext?
    private var phase = Phase.idle
    private var request: ArrivingRequest?
    /// Of the request at hand, if it is one that may wait.
    private var departure: Departure?
    /// Bytes thrown away of the body at hand.
    private var discarded = 0
    /// What came while a request was being answered.
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var waitingBytes = 0
    private var isTaking = false
    private var isReadHeld = false
    /// NIO takes no further request from this connection, and would only gather what still comes.
    private var isDeaf = false
    /// What the client had not taken of the answers when that was looked at last.
    private var unsent = 0
    /// How the connection ends once the answers are out, if it does.
    private var ending: Ending?
    private var lastActivity = NIODeadline.now()
    private var idleTimer: Scheduled<Void>?

    private enum Phase {
        case idle
        case gathering
        /// The whole request is here and its answer is awaited.
        case answering
        /// Its answer is awaited, and the rest of its body thrown away.
        case answeringEarly
        /// It is answered, and the rest of its body is thrown away.
        case discarding
        /// Nothing is taken or written any more.
        case leaving
    }

    private enum Ending {
        /// The client, or a stopping service, wants no more.
        case agreed
        /// What followed was no HTTP, which is still to be said.
        case broken
    }

    init(
        _ service: HTTPService, executor: LoopExecutor, idleTimeout: TimeAmount, upgraded: UpgradedConnection
    ) {
        self.upgraded = upgraded
        self.service = service
        self.executor = executor
        self.idleTimeout = idleTimeout
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch(in: idleTimeout, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        phase = .leaving
        request = nil
        departure?.depart()
        departure = nil
        waiting.removeAll()
        idleTimer?.cancel()
        idleTimer = nil
        context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            waiting.removeAll()
            ending = .agreed
            departure?.depart()
            if phase == .idle || phase == .leaving { context.close(promise: nil) }
        case ChannelEvent.inputClosed:
            ending = ending ?? .agreed
            departure?.depart()
            if phase == .leaving { context.close(promise: nil) }
            endIfDone(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The decoder says so once more for each piece that comes behind nonsense.
        if error is ByteToMessageDecoderError { return }
        guard error is HTTPParserError else { return context.close(promise: nil) }
        // What follows a request that was said to be the last is nobody's.
        if ending == .agreed, phase == .answering || phase == .idle { return }
        ending = .broken
        endIfDone(context)
    }

    /// Closes a connection on which nothing has happened for too long, unless the service is at work for it or its client
    /// takes a long answer bit by bit.
    private func watch(in time: TimeAmount, _ context: ChannelHandlerContext) {
        idleTimer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            guard let self, let context = self.context else { return }
            let due = self.lastActivity + self.idleTimeout
            let isAtWork = self.phase == .answering || self.takesAnswer(context)
            guard isAtWork || due > .now() else { return context.close(promise: nil) }
            self.watch(in: isAtWork ? self.idleTimeout : due - .now(), context)
        }
    }

    /// Whether the client has taken something since this was asked last, or since the answer was written.
    private func takesAnswer(_ context: ChannelHandlerContext) -> Bool {
        let left = context.channel.unsentBytes
        defer { unsent = left }
        return unsent - left >= Limits.slowestReadBytes
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = Self.unwrapInboundIn(data)
        lastActivity = .now()
        guard canTake(context), waiting.isEmpty else {
            waiting.append(part)
            if case .body(let bytes) = part { waitingBytes += bytes.readableBytes }
            return
        }
        take(part, context)
    }

    func read(context: ChannelHandlerContext) {
        let isLineLong = waiting.count >= Limits.waitingRequestParts || waitingBytes >= Limits.waitingRequestBytes
        isReadHeld = isLineLong || (isDeaf && phase == .answering)
        if !isReadHeld { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        takeWaiting(context)
        context.fireChannelWritabilityChanged()
    }

    /// Whether the next part is wanted now.
    private func canTake(_ context: ChannelHandlerContext) -> Bool {
        switch phase {
        case .answering: false
        case .idle: context.channel.isWritable
        case .gathering, .answeringEarly, .discarding, .leaving: true
        }
    }

    /// Takes from the line what can be taken. Answers that are there at once call it again, so that it must not nest.
    private func takeWaiting(_ context: ChannelHandlerContext) {
        guard !isTaking else { return }
        isTaking = true
        while canTake(context), let part = waiting.popFirst() {
            if case .body(let bytes) = part { waitingBytes -= bytes.readableBytes }
            take(part, context)
        }
        isTaking = false
        endIfDone(context)
        if isReadHeld, phase != .leaving { read(context: context) }
    }

    /// Ends the connection if it is to end and nothing is left to be answered.
    private func endIfDone(_ context: ChannelHandlerContext) {
        guard let ending, waiting.isEmpty, !isTaking else { return }
        switch (phase, ending) {
        case (.idle, .agreed): leave(context, lingering: false)
        case (.idle, .broken): refuse(context)
        case (.gathering, .broken):
            self.ending = .agreed
            dispatch(.broken)
        case (.answeringEarly, .broken):
            self.ending = .agreed
            phase = .answering
        case (.discarding, .broken): leave(context, lingering: true)
        case (.gathering, .agreed), (.answering, _), (.answeringEarly, .agreed), (.discarding, .agreed), (.leaving, _):
            break
        }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (phase, part) {
        case (.idle, .head(let head)): begin(head, context)
        case (.gathering, .body(var bytes)): gather(&bytes)
        case (.gathering, .end): dispatch(nil)
        case (.answeringEarly, .body(let bytes)), (.discarding, .body(let bytes)):
            discarded += bytes.readableBytes
            if discarded > Limits.discardedBodyBytes { context.close(promise: nil) }
        case (.answeringEarly, .end): phase = .answering
        case (.discarding, .end):
            phase = .idle
            takeWaiting(context)
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request = ArrivingRequest(head)
        isDeaf = head.method == .CONNECT || request.headers.upgrade != nil
        if !head.isKeepAlive || isDeaf { ending = .agreed }
        self.request = request
        discarded = 0
        phase = .gathering
        if let announced = request.headers.contentLength.flatMap({ Int($0) }), announced > service.largestBodyBytes {
            return dispatch(.tooLarge)
        }
        if expectsGo(head) {
            let go = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(Self.wrapOutboundOut(go), promise: nil)
        }
    }

    /// Whether the client waits for a word before it sends the body (RFC 9110, section 10.1.1).
    private func expectsGo(_ head: HTTPRequestHead) -> Bool {
        guard head.version == .http1_1, head.headers.contains(name: "expect") else { return false }
        let hasBody = head.headers.contains(name: "transfer-encoding") || head.headers.first(name: "content-length") ?? "0" != "0"
        return hasBody && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    }

    private func gather(_ part: inout ByteBuffer) {
        guard case .bytes(var bytes) = request?.body else { return }
        // Given back below: two owners would mean a copy.
        request?.body = .broken
        guard bytes.readableBytes + part.readableBytes <= service.largestBodyBytes else { return dispatch(.tooLarge) }
        if bytes.readableBytes == 0 { bytes = part } else { bytes.writeBuffer(&part) }
        request?.body = .bytes(bytes)
    }

    // MARK: Answers

    /// Has the request answered.
    /// - Parameter fault: What is wrong with its body, if it is not taken to its end.
    private func dispatch(_ fault: ReceivedBody?) {
        guard var arrived = request, let context else { return }
        self.request = nil
        if let fault { arrived.body = fault }
        let request = IncomingRequest(arrived)
        departure = request.departure
        if case .tooLarge = request.body { phase = .answeringEarly } else { phase = .answering }
        if request.headers.upgrade != nil, !servesAsHTTP(request, context) { return }
        let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
        // Unstructured, since the connection waits for nothing: the answer comes to it, on its loop. It begins at once,
        // on this thread, and its executor brings it back here. An answer outlives its connection, as the work does.
        Task.immediate(executorPreference: executor) { [service] in
            let reply = await service.answer(request)
            connection.value.write(reply, to: request.head)
        }
    }

    /// Whether a request that asks for another protocol is served like any other.
    private func servesAsHTTP(_ request: IncomingRequest, _ context: ChannelHandlerContext) -> Bool {
        switch service.decideUpgrade(request) {
        case .take(let serve):
            context.channel.boundUnsentInKernel()
            leave()
            upgraded.begin(serve, on: context.channel)
            return false
        case .refuse(let refusal):
            write(service.answer(refusal, to: request), to: request.head)
            return false
        case nil: return true
        }
    }

    private func write(_ reply: Reply, to request: HTTPRequestHead) {
        guard let context, phase == .answering || phase == .answeringEarly else { return }
        lastActivity = .now()
        departure = nil
        let isLast = ending == .agreed && waiting.isEmpty
        let bytes = reply.bytes(answering: request, isLast: isLast)
        if bytes.readableBytes > Limits.unsentInKernelBytes { context.channel.boundUnsentInKernel() }
        context.writeAndFlush(Self.wrapOutboundOut(bytes), promise: nil)
        if !context.channel.isWritable { unsent = context.channel.unsentBytes }
        phase = phase == .answeringEarly ? .discarding : .idle
        takeWaiting(context)
    }

    /// Answers what is no HTTP, and hangs up.
    private func refuse(_ context: ChannelHandlerContext) {
        let answer = service.answerToNonsense().bytes(version: .http1_1, hasBody: true, isLast: true)
        context.writeAndFlush(Self.wrapOutboundOut(answer), promise: nil)
        leave(context, lingering: true)
    }

    /// Hangs up when all is written.
    /// - Parameter lingering: What the client still sends is let in for a while: a connection that is closed with
    ///   something unread may take the answer with it.
    private func leave(_ context: ChannelHandlerContext, lingering: Bool) {
        phase = .leaving
        let channel = context.channel
        context.close(mode: .output).assumeIsolated().whenComplete { _ in
            guard lingering else { return channel.close(promise: nil) }
            channel.eventLoop.scheduleTask(in: .milliseconds(Limits.lingerMilliseconds)) { channel.close(promise: nil) }
        }
    }
}

extension Channel {
    /// Bytes that were written and that the kernel has not taken yet: they become fewer as the client reads.
    fileprivate var unsentBytes: Int {
        (try? syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// `TCP_NOTSENT_LOWAT` (tcp(7)): the kernel takes no more than it can send soon, so that `unsentBytes` shows whether a slow
    /// client reads. It costs short answers a twentieth, so it is for long ones.
    fileprivate func boundUnsentInKernel() {
        let option = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 25))
        try? syncOptions?.setOption(option, value: Limits.unsentInKernelBytes)
    }
}
