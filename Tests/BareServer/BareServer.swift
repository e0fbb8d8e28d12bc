import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// Answers every request with the same 201, once its body has come: what the HTTP library by itself can do, for
/// docs/performance.md. The port is the first argument.
@main
struct BareServer {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
        let body = ByteBuffer(
            string: #"{"resources":["/v2/queues/bench-0/messages/00000000-0000-0000-0000-000000000000"]}"#)
        let head = HTTPResponse(
            status: .created,
            headerFields: [.contentType: "application/json", .contentLength: String(body.readableBytes)])
        var logger = Logger(label: "bare")
        logger.logLevel = .error
        let server = Server(
            childChannelSetup: HTTP1Channel(responder: { request, writer, _ in
                for try await _ in request.body {}
                try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
            }),
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: port)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        try await server.run()
    }
}
