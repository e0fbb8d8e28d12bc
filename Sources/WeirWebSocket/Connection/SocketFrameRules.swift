internal import NIOCore
internal import NIOWebSocket

/// Refuses frames that no client may send and that the decoder lets pass (RFC 6455, section 5).
final class SocketFrameRules: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    /// A sentence for the close frame.
    struct Violation: Error {
        let reason: String
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        if let reason = Self.violation(of: frame) {
            context.fireErrorCaught(Violation(reason: reason))
        } else {
            context.fireChannelRead(data)
        }
    }

    private static func violation(of frame: WebSocketFrame) -> String? {
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return "no extension was agreed on" }
        switch frame.opcode {
        case .text, .binary, .continuation, .ping, .pong, .connectionClose: break
        default: return "unknown opcode"
        }
        guard frame.maskKey != nil else { return "frames of a client must be masked" }
        return nil
    }
}
