package import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket
internal import WeirDomain

/// Makes a connection that spoke HTTP speak WebSocket. No request may be under way on it but the one that asked.
package enum SocketUpgrade {
    /// Answers 101 and puts the handlers of the new protocol in front of those of HTTP, all in one step, so that no byte
    /// goes to the wrong ones. Those of HTTP stay where they are and hear nothing more.
    package static func begin(
        _ connection: SocketConnection, _ handshake: SocketHandshake, on channel: any Channel
    ) async throws {
        let head = try await acceptance(of: handshake, on: channel).get()
        try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            let handler = SocketHandler(connection.terms, connection, now: channel.eventLoop.now)
            try pipeline.addHandler(handler, position: .first)
            try pipeline.addHandler(aggregator(connection.terms), position: .first)
            try pipeline.addHandler(SocketFrameRules(), position: .first)
            try pipeline.addHandler(
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: connection.terms.messageBytes)), position: .first)
            // Nothing stands in front of it yet, so these bytes leave as they are.
            let first = try pipeline.context(handlerType: ByteToMessageHandler<WebSocketFrameDecoder>.self)
            first.writeAndFlush(NIOAny(ByteBuffer(string: head)), promise: nil)
            try pipeline.addHandler(WebSocketFrameEncoder(), position: .first)
            connection.begin(handler, on: channel.eventLoop)
            first.read()
        }.get()
    }

    private static func aggregator(_ terms: SocketTerms) -> NIOWebSocketFrameAggregator {
        NIOWebSocketFrameAggregator(
            minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: Limits.socketFragments,
            maxAccumulatedFrameSize: terms.messageBytes)
    }

    /// The answer's head, which the library computes from the client's key.
    private static func acceptance(
        of handshake: SocketHandshake, on channel: any Channel
    ) -> EventLoopFuture<String> {
        let upgrader = NIOWebSocketServerUpgrader(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
            upgradePipelineHandler: { channel, _ in channel.eventLoop.makeSucceededVoidFuture() })
        let headers: HTTPHeaders = [
            "Sec-WebSocket-Key": handshake.key, "Sec-WebSocket-Version": SocketHandshake.version,
        ]
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: headers)
        return upgrader.buildUpgradeResponse(
            channel: channel, upgradeRequest: request, initialResponseHeaders: HTTPHeaders()
        ).map { answer in
            answer.reduce("HTTP/1.1 101 Switching Protocols\r\n") { "\($0)\($1.name): \($1.value)\r\n" } + "\r\n"
        }
    }
}
