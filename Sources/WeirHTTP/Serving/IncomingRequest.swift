internal import NIOCore
internal import NIOHTTP1
internal import WeirOperations

/// A request as it came over a connection, whole unless its body could not be taken.
struct IncomingRequest {
    /// What came of its body.
    enum Body {
        case bytes(ByteBuffer)
        /// More than any resource takes: the rest was not kept.
        case tooLarge
        /// The client broke the framing or the connection.
        case broken
    }

    let head: HTTPRequestHead
    let headers: KnownHeaders
    var body: Body
    /// Only of callers that may have to wait.
    let departure: Departure?

    init(_ head: HTTPRequestHead) {
        self.head = head
        headers = KnownHeaders(head.headers)
        body = .bytes(ByteBuffer())
        departure = headers.prefer == nil ? nil : Departure()
    }
}
