/// Why the bytes of an answer cannot be used. The connection they came on is then given up.
package enum ResponseFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// Not `HTTP/1.0` or `HTTP/1.1` and a status of 100...599.
    case badStatusLine

    /// A header line that continues the one before, or one without a name.
    case badHeader

    /// A Content-Length that is no number, or two that differ.
    case badContentLength

    /// Transfer-Encoding was used; this client reads only answers that have a Content-Length.
    case transferEncoding

    /// An answer that may have a body says nothing of its length.
    case noContentLength

    /// The head is larger than `ResponseParser.maximumHeadBytes`.
    case headTooLarge

    /// The body is larger than `ResponseParser.maximumBodyBytes`.
    case bodyTooLarge

    /// Bytes arrived that no request asked for.
    case unexpectedBytes

    /// One line for people.
    package var description: String {
        switch self {
        case .badStatusLine: "the status line is not HTTP/1.x"
        case .badHeader: "a header line is malformed"
        case .badContentLength: "Content-Length is malformed"
        case .transferEncoding: "chunked answers (Transfer-Encoding) are not supported"
        case .noContentLength: "the answer has no Content-Length"
        case .headTooLarge: "the headers exceed \(ResponseParser.maximumHeadBytes) bytes"
        case .bodyTooLarge: "the body exceeds \(ResponseParser.maximumBodyBytes) bytes"
        case .unexpectedBytes: "bytes arrived that no request asked for"
        }
    }
}
