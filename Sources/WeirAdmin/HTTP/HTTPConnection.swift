internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
package import WeirBench

/// What a server answered.
package struct HTTPAnswer: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// The value of a header, its name in any case; nil if there is none.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// A connection to one server, opened when it is needed and kept for the next request. One request at a time.
package final class HTTPConnection {
    /// Larger answers are refused. Several times the largest page of messages under the default limits.
    package static let largestAnswerBytes = 32 << 20

    private let endpoint: Endpoint
    private let timeout: TimeAmount
    private let notice: (after: TimeAmount, say: @Sendable (String) -> Void)

    /// The server's address.
    var url: String { "http://\(endpoint.authority)" }

    private var channel: (any Channel)?

    /// - Parameters:
    ///   - timeoutSeconds: How long an answer may take.
    ///   - noticeSeconds: After how long a person is told that there is none yet.
    ///   - say: Tells it; standard error, if nothing else is given.
    package init(
        endpoint: Endpoint, timeoutSeconds: Int64 = 60, noticeSeconds: Int64 = 60,
        say: @escaping @Sendable (String) -> Void = Terminal.complain
    ) {
        self.endpoint = endpoint
        timeout = .seconds(timeoutSeconds)
        notice = (.seconds(noticeSeconds), say)
    }

    /// Sends a request and waits for its answer. Nothing is sent twice.
    package func send(
        _ method: String, _ path: String, headers: [(String, String)], body: [UInt8] = []
    ) async throws(AdminFailure) -> HTTPAnswer {
        let channel = try await connected()
        var head = HTTPRequestHead(version: .http1_1, method: .init(rawValue: method), uri: path)
        head.headers = HTTPHeaders([("Host", endpoint.authority)] + headers)
        if !body.isEmpty || method != "GET" && method != "HEAD" {
            head.headers.add(name: "Content-Length", value: String(body.count))
        }
        let answer = channel.eventLoop.makePromise(of: NIOHTTPClientResponseFull.self)
        channel.writeAndFlush(PendingRequest(head: head, body: body, answer: answer, timeout: timeout))
            .cascadeFailure(to: answer)
        let reminder = remind(on: channel.eventLoop)
        defer { reminder?.cancel() }
        do {
            let full = try await answer.futureResult.get()
            return HTTPAnswer(
                status: Int(full.head.status.code), headers: full.head.headers.map { ($0.name, $0.value) },
                body: full.body.map { Array($0.readableBytesView) } ?? [])
        } catch {
            throw AdminFailure("\(endpoint.authority) \(reason(error))")
        }
    }

    /// Says once that there is no answer yet. What is given up by then needs no such word.
    private func remind(on loop: any EventLoop) -> Scheduled<Void>? {
        guard notice.after < timeout else { return nil }
        let sentence =
            "\(endpoint.authority) has not answered yet; it is given up after \(timeout.nanoseconds / 1_000_000_000) s"
        return loop.scheduleTask(in: notice.after) { [say = notice.say] in say(sentence) }
    }

    private func connected() async throws(AdminFailure) -> any Channel {
        if let channel, channel.isActive { return channel }
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOHTTPClientResponseAggregator(maxContentLength: Self.largestAnswerBytes), HTTPExchange(),
                    ])
                }
            }
        do {
            let channel = try await bootstrap.connect(host: endpoint.host, port: endpoint.port).get()
            self.channel = channel
            return channel
        } catch {
            throw AdminFailure("cannot connect to \(endpoint.authority): \(reason(error))")
        }
    }

    private func reason(_ error: any Error) -> String {
        switch error {
        case ExchangeFailure.timedOut: "did not answer within \(timeout.nanoseconds / 1_000_000_000) s"
        case ExchangeFailure.hungUp, ChannelError.ioOnClosedChannel: "closed the connection without an answer"
        case let error as NIOHTTPObjectAggregatorError where error == .frameTooLong:
            "answered with more than \(Self.largestAnswerBytes) bytes"
        case is HTTPParserError: "did not answer in HTTP"
        default: SystemReason.of(error)
        }
    }
}
