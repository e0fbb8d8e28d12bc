import NIOCore

/// One connection that answers one question at a time. Lives on its event loop.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Why there is no answer.
    enum Failure: Error {
        /// The connection was gone before the question: the server never saw it.
        case unsent
        /// The server may have acted on the question.
        case unanswered(reason: String)
    }

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    private var parser = ResponseParser()
    private var waiting: EventLoopPromise<Answer>?
    private var deadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Sends a request; its answer must be there within `timeout`. After a failure the connection is closed.
    func ask(_ request: ByteBuffer, keepsBody: Bool, timeout: TimeAmount) -> EventLoopFuture<Answer>? {
        guard let context, context.channel.isActive, waiting == nil else { return nil }
        let promise = context.eventLoop.makePromise(of: Answer.self)
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        parser.begin(keepingBody: keepsBody)
        waiting = promise
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            handler.value.fail("no answer within \(timeout.nanoseconds / 1_000_000_000) s")
        }
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        return promise.futureResult
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard waiting != nil else { return fail(ResponseFailure.unexpectedBytes.description) }
        switch unwrapInboundIn(data).withUnsafeReadableBytes({ parser.consume($0) }) {
        case .incomplete: break
        case .failed(let failure): fail(failure.description)
        case .complete(let status): finish { $0.succeed(Answer(status: status, body: parser.body)) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { fail("the server closed a connection") }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("a connection broke (\(reasonOfFailure(error)))")
    }

    private func fail(_ reason: String) {
        finish { $0.fail(Failure.unanswered(reason: reason)) }
        context?.close(promise: nil)
    }

    private func finish(_ end: (EventLoopPromise<Answer>) -> Void) {
        deadline?.cancel()
        deadline = nil
        guard let promise = waiting else { return }
        waiting = nil
        end(promise)
    }
}
