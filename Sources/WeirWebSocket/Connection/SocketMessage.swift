package import NIOCore

/// A whole message of a connection: text or binary.
package struct SocketMessage: Hashable, Sendable {
    package let isText: Bool
    package let payload: ByteBuffer

    package init(isText: Bool, payload: ByteBuffer) {
        self.isText = isText
        self.payload = payload
    }
}

/// What follows from a request.
package enum SocketAnswer: Sendable {
    case reply(SocketMessage)
    case close(SocketCloseCode, String)
}

/// Why this side closes a connection (RFC 6455, section 7.4.1).
package enum SocketCloseCode: UInt16, Sendable {
    case normal = 1000
    case goingAway = 1001
    case protocolError = 1002
    case notUTF8 = 1007
    case tooLarge = 1009
    case tryAgainLater = 1013
}

/// Why a connection was cut without a word: the client would not have heard it.
package enum SocketCut: String, CaseIterable, Sendable {
    case halfOpen = "half_open"
    case slowReader = "slow_reader"
}
