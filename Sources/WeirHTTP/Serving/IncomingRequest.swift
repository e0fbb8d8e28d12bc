internal import NIOCore
internal import NIOHTTP1
internal import WeirOperations

/// What came of the body of a request.
enum ReceivedBody {
    case bytes(ByteBuffer)
    /// More than any resource takes: the rest was not kept.
    case tooLarge
    /// The client broke the framing or the connection.
    case broken
}

/// A request while it comes.
struct ArrivingRequest {
    let head: HTTPRequestHead
    let headers: KnownHeaders
    var body = ReceivedBody.bytes(ByteBuffer())

    init(_ head: HTTPRequestHead) {
        self.head = head
        headers = KnownHeaders(head.headers)
    }
}

/// A request as it came over a connection, whole unless its body could not be taken.
final class IncomingRequest: Sendable {
    let head: HTTPRequestHead
    let headers: KnownHeaders
    let body: ReceivedBody
    /// Only of callers that may have to wait.
    let departure: Departure?

    init(_ arrived: ArrivingRequest) {
        head = arrived.head
        headers = arrived.headers
        body = arrived.body
        departure = headers.prefer == nil ? nil : Departure()
    }
}
