internal import NIOCore
internal import NIOHTTP1

/// A request on its way to the handler of a connection, and where its answer goes.
struct PendingRequest: Sendable {
    let head: HTTPRequestHead
    let body: [UInt8]
    let answer: EventLoopPromise<NIOHTTPClientResponseFull>
    /// How long the answer may take.
    let timeout: TimeAmount
}

/// Why a request has no answer that can be used.
enum ExchangeFailure: Error {
    case timedOut
    case hungUp
}

/// One request at a time: writes it, and keeps its promise when the answer is there, or when there will be none.
final class HTTPExchange: ChannelDuplexHandler {
    typealias InboundIn = NIOHTTPClientResponseFull
    typealias OutboundIn = PendingRequest
    typealias OutboundOut = HTTPClientRequestPart

    private var pending: PendingRequest?
    private var timer: Scheduled<Void>?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let request = unwrapOutboundIn(data)
        pending = request
        let channel = context.channel
        let exchange = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: request.timeout) {
            exchange.value.end(.failure(ExchangeFailure.timedOut))
            channel.close(promise: nil)
        }
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        if !request.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: request.body)))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = unwrapInboundIn(data)
        let asked = settled()
        // Before anybody hears of the answer, whose next request would go to a connection that is about to close.
        if !answer.head.isKeepAlive { context.close(promise: nil) }
        asked?.succeed(answer)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(ExchangeFailure.hungUp))
        context.fireChannelInactive()
    }

    private func end(_ result: Result<NIOHTTPClientResponseFull, any Error>) {
        settled()?.completeWith(result)
    }

    /// The promise that is to be kept now, if there is one; nothing is pending any more.
    private func settled() -> EventLoopPromise<NIOHTTPClientResponseFull>? {
        timer?.cancel()
        timer = nil
        defer { pending = nil }
        return pending?.answer
    }
}
