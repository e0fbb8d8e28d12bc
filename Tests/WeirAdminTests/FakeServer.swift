import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import WeirAdmin
import WeirBench

/// What the fake server does with a request.
enum FakeReply: Sendable {
    case answer(Int, String = "")
    /// These bytes instead of an answer.
    case bytes(String)
    /// Closes the connection instead of answering.
    case hangUp
    /// Says nothing.
    case silence
}

/// A small HTTP server on a free loopback port, for answers that no real server gives at will.
final class FakeServer: Sendable {
    private let state = Mutex<(requests: [String], connections: Int)>(([], 0))
    private let reply: @Sendable (Int, String) -> FakeReply

    /// Method and path of each request, in order.
    var requests: [String] { state.withLock { $0.requests } }

    var connections: Int { state.withLock { $0.connections } }

    /// - Parameter reply: What to do with a request, given its number and its method and path.
    init(_ reply: @escaping @Sendable (Int, String) -> FakeReply) {
        self.reply = reply
    }

    /// Runs `body` with the server's address.
    func serve<Value>(_ body: (Endpoint) async throws -> Value) async throws -> Value {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                self.state.withLock { $0.connections += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(FakeConnection(self))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let value = try await body(try Endpoint(url: "http://127.0.0.1:\(listener.localAddress?.port ?? 0)"))
            try await listener.close().get()
            return value
        } catch {
            try? await listener.close().get()
            throw error
        }
    }

    fileprivate func take(_ request: String) -> FakeReply {
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count
        }
        return reply(number, request)
    }
}

private final class FakeConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let server: FakeServer
    private var request = ""

    init(_ server: FakeServer) { self.server = server }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = "\(head.method.rawValue) \(head.uri)"
        case .body: break
        case .end:
            switch server.take(request) {
            case .answer(let status, let body):
                let head = HTTPResponseHead(
                    version: .http1_1, status: .init(statusCode: status),
                    headers: ["Content-Length": String(body.utf8.count)])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            case .bytes(let text):
                // Past the encoder, as they are.
                context.channel.pipeline.syncOperations.fireRaw(text, context)
            case .hangUp: context.close(promise: nil)
            case .silence: break
            }
        }
    }
}

extension ChannelPipeline.SynchronousOperations {
    fileprivate func fireRaw(_ text: String, _ context: ChannelHandlerContext) {
        guard let encoder = try? self.context(handlerType: HTTPResponseEncoder.self) else { return }
        encoder.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
    }
}
