package import NIOCore
internal import WeirDomain

/// How long a connection may take for what.
package struct SocketTerms: Sendable {
    /// A ping goes out when nothing has been heard for this long.
    package var pingInterval = TimeAmount.seconds(30)
    /// A connection that stays silent this long after a ping is half open, and is cut.
    package var pongTimeout = TimeAmount.seconds(20)
    /// A connection that does not take what is written to it for this long is cut.
    package var sendTimeout = TimeAmount.seconds(10)
    /// A connection without a request and without a subscription for this long is closed.
    package var idleTimeout = TimeAmount.seconds(3600)
    /// How long the client may take to answer a close frame.
    package var closeTimeout = TimeAmount.milliseconds(Limits.socketCloseMilliseconds)
    /// Bytes of one message, in however many fragments it comes.
    package var messageBytes = 1 << 19

    package init() {}
}
