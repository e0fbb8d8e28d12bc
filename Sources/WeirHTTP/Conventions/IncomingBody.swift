internal import NIOCore
internal import WeirDomain
internal import WeirJSON

/// The body of a request, read once and at most to a limit.
struct IncomingBody {
    private let request: IncomingRequest

    init(_ request: IncomingRequest) {
        self.request = request
    }

    /// As the client announced it; nil for a chunked body and for none.
    var announcedBytes: Int? {
        request.headers.contentLength.flatMap { Int($0) }
    }

    private var isChunked: Bool { request.headers.transferEncoding != nil }

    /// Whether there is nothing to read.
    var isAbsent: Bool { !isChunked && (announcedBytes ?? 0) == 0 }

    /// The bytes, of which there may be `limit`.
    func bytes(limit: Int) throws(Fault) -> ByteBuffer {
        if let announced = announcedBytes, announced > limit { throw Self.tooLarge(limit) }
        switch request.body {
        case .tooLarge: throw Self.tooLarge(limit)
        // Nothing has been done with what came.
        case .broken: throw .invalidBody("The request body cannot be read: its framing is broken.")
        case .bytes(let bytes):
            guard bytes.readableBytes <= limit else { throw Self.tooLarge(limit) }
            return bytes
        }
    }

    private static func tooLarge(_ limit: Int) -> Fault {
        .invalidRequest("The request body is too large: at most \(limit) bytes are allowed.")
    }

    /// The document; nil if there is no body.
    func json(limit: Int) throws(Fault) -> JSONValue? {
        guard !isAbsent else { return nil }
        let bytes = try bytes(limit: limit)
        guard bytes.readableBytes > 0 else { return nil }
        do throws(JSONFault) {
            return try JSONValue.parse(
                bytes.readableBytesView, maximumDepth: Limits.jsonDepth, duplicates: .refuse)
        } catch {
            throw .invalidBody(error.description)
        }
    }

    /// The object that the body must be.
    func object(limit: Int) throws(Fault) -> JSONObject {
        guard let value = try json(limit: limit) else {
            throw .invalidBody("A request body is required: a JSON object.")
        }
        guard let object = value.objectValue else { throw .invalidBody("The request body must be a JSON object.") }
        return object
    }
}
