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
        guard frame.opcode != .connectionClose || isClosing(frame.unmaskedData) else { return "no such code to close with" }
        return nil
    }

    /// Nothing, or a code that may be sent and a reason (RFC 6455, sections 5.5.1 and 7.4).
    private static func isClosing(_ data: ByteBuffer) -> Bool {
        var reason = data
        guard data.readableBytes > 0 else { return true }
        guard let code = reason.readInteger(as: UInt16.self) else { return false }
        let isCode = [1000...1003, 1007...1014, 3000...4999].contains { $0 ~= code }
        return isCode && String(validating: reason.readableBytesView, as: UTF8.self) != nil
    }
}
