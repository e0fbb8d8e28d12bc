import NIOCore

/// One connection with exactly one request in flight: writes what its script asks, times the answer, goes on.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State { case ready, waiting, ended }

    private let loop: LoadLoop
    private var script: any ConnectionScript
    private var parser = ResponseParser()
    private var state = State.ready
    private var sentAt: UInt64 = 0
    private var context: ChannelHandlerContext?

    init(loop: LoadLoop, script: any ConnectionScript) {
        self.loop = loop
        self.script = script
    }

    /// Sends the first request.
    func begin() {
        if state == .ready { proceed(now: monotonicNow()) }
    }

    /// Gives the connection up if its answer is longer due than the timeout.
    func expire(now: UInt64, timeout: UInt64) {
        guard state == .waiting, now > sentAt, now - sentAt > timeout else { return }
        giveUp("timeout", because: "no answer within \(timeout / 1_000_000_000) s")
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .waiting else {
            return giveUp("malformed", because: ResponseFailure.unexpectedBytes.description)
        }
        let progress = unwrapInboundIn(data).withUnsafeReadableBytes { parser.consume($0) }
        switch progress {
        case .incomplete: break
        case .failed(let failure): giveUp("malformed", because: failure.description)
        case .complete(let status):
            let now = monotonicNow()
            let verdict = script.judge(status: status, body: parser.body)
            loop.answered(verdict, status: status, sentAt: sentAt, now: now)
            proceed(now: now)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        giveUp("lost", because: "the server closed a connection")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        giveUp("lost", because: "a connection broke (\(reasonOfFailure(error)))")
    }

    /// The moment an answer is complete is also the moment the next request begins: one look at the clock.
    private func proceed(now: UInt64) {
        guard loop.maySend(now: now, isMidCycle: script.isMidCycle), let request = script.next(),
            let context
        else { return end() }
        parser.begin(keepingBody: request.keepsBody)
        state = .waiting
        sentAt = now
        context.writeAndFlush(wrapOutboundOut(request.bytes), promise: nil)
    }

    private func giveUp(_ kind: String, because reason: String) {
        guard state != .ended else { return }
        loop.failed(kind, because: reason)
        end()
    }

    private func end() {
        guard state != .ended else { return }
        state = .ended
        context?.close(promise: nil)
        loop.ended()
    }
}
