import NIOCore
import NIOPosix
import WeirBench

/// A request as the fake server saw it.
struct FakeRequest: Sendable {
    let method: String
    let path: String
    let headers: [String: String]
    let body: String
}

/// What the fake server does with a request.
enum FakeReply: Sendable {
    /// A proper answer with a Content-Length.
    case answer(Int, String = "")
    /// These bytes, each in a write of its own.
    case trickle(String)
    /// Closes the connection instead of answering.
    case hangUp
    /// Says nothing.
    case silence
}

/// A small HTTP server on a free loopback port, for the time of `body`.
func withFakeServer<Value>(
    _ reply: @escaping @Sendable (FakeRequest) -> FakeReply,
    _ body: (Endpoint) async throws -> Value
) async throws -> Value {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(FakeConnection(reply))
            }
        }
        .bind(host: "127.0.0.1", port: 0).get()
    do {
        let port = server.localAddress?.port ?? 0
        let value = try await body(try Endpoint(url: "http://127.0.0.1:\(port)"))
        try await server.close().get()
        return value
    } catch {
        try? await server.close().get()
        throw error
    }
}

/// Reads requests, whole and one at a time; a second one before the answer to the first is answered with 500.
private final class FakeConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let reply: @Sendable (FakeRequest) -> FakeReply
    private var received = ""

    init(_ reply: @escaping @Sendable (FakeRequest) -> FakeReply) { self.reply = reply }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard let request = takeRequest() else { return }
        switch received.isEmpty ? reply(request) : .answer(500) {
        case .answer(let status, let body):
            let length = status == 204 ? "" : "Content-Length: \(body.utf8.count)\r\n"
            write("HTTP/1.1 \(status) Reason\r\nServer: fake\r\n\(length)\r\n\(body)", context)
        case .trickle(let bytes): for byte in bytes.utf8 { write(String(UnicodeScalar(byte)), context) }
        case .hangUp: context.close(promise: nil)
        case .silence: break
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func takeRequest() -> FakeRequest? {
        let bytes = Array(received.utf8)
        guard let end = bytes.indices.dropLast(3).first(where: { bytes[$0] == 13 && bytes[$0 + 2] == 13 })
        else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            headers[line[..<colon].lowercased()] = String(line[colon...].dropFirst(2))
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        let body = bytes[(end + 4)...]
        guard body.count >= length else { return nil }
        received = String(decoding: body.dropFirst(length), as: UTF8.self)
        return FakeRequest(
            method: String(words[0]), path: String(words[1]), headers: headers,
            body: String(decoding: body.prefix(length), as: UTF8.self))
    }
}
