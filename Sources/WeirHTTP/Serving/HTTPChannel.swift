internal import HummingbirdCore
package import Logging
package import NIOCore
internal import NIOHTTP1
internal import WeirDomain

/// How connections are served: NIO's HTTP decoder, and behind it `HTTPConnection`, which answers on the event loop.
package struct HTTPChannel: ServerChildChannel {
    package struct Value: ServerChildChannelValue {
        package let channel: any Channel
        let upgraded: UpgradedConnection
    }

    private let service: HTTPService
    private let idleTimeout: TimeAmount
    private let executors: LoopExecutors

    /// - Parameter group: The event loops of the connections.
    package init(_ service: HTTPService, idleTimeout: TimeAmount, group: any EventLoopGroup) {
        self.service = service
        self.idleTimeout = idleTimeout
        executors = LoopExecutors(group)
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = Limits.requestHeaderBytes
            limits.maxHeaderListSize = Limits.requestHeaderBytes
            limits.maxHeaderFieldCount = Limits.requestHeaders
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(limitConfiguration: limits)))
            let upgraded = UpgradedConnection()
            try pipeline.addHandler(
                HTTPConnection(
                    service, executor: executors[channel.eventLoop], idleTimeout: idleTimeout, upgraded: upgraded))
            return Value(channel: channel, upgraded: upgraded)
        }
    }

    /// Waits for the end of the connection, which a cancelled task brings about.
    package func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
            await value.upgraded.end()
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }
}
