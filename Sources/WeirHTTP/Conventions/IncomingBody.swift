internal import HummingbirdCore
internal import NIOCore
internal import WeirDomain
internal import WeirJSON

/// The body of a request, read once and at most to a limit.
struct IncomingBody {
    private let body: RequestBody
    private let headers: KnownHeaders

    init(_ body: RequestBody, _ headers: KnownHeaders) {
        self.body = body
        self.headers = headers
    }

    /// As the client announced it; nil for a chunked body and for none.
    var announcedBytes: Int? {
        headers.contentLength.flatMap { Int($0) }
    }

    private var isChunked: Bool { headers.transferEncoding != nil }

    /// Whether there is nothing to read.
    var isAbsent: Bool { !isChunked && (announcedBytes ?? 0) == 0 }

    /// The bytes, of which there may be `limit`: more is refused before they are read.
    func bytes(limit: Int) async throws -> ByteBuffer {
        if let announced = announcedBytes, announced > limit { throw Self.tooLarge(limit) }
        if isAbsent { return ByteBuffer() }
        do {
            return try await collect(limit)
        } catch let fault as Fault {
            throw fault
        } catch {
            // The client broke the framing or the connection; nothing has been done with what came.
            throw Fault.invalidBody("The request body cannot be read: its framing is broken.")
        }
    }

    private func collect(_ limit: Int) async throws -> ByteBuffer {
        var collected = ByteBuffer()
        for try await part in body {
            guard collected.readableBytes + part.readableBytes <= limit else { throw Self.tooLarge(limit) }
            if collected.readableBytes == 0 { collected = part } else { collected.writeImmutableBuffer(part) }
        }
        return collected
    }

    private static func tooLarge(_ limit: Int) -> Fault {
        .invalidRequest("The request body is too large: at most \(limit) bytes are allowed.")
    }

    /// The document; nil if there is no body.
    func json(limit: Int) async throws -> JSONValue? {
        guard !isAbsent else { return nil }
        let bytes = try await bytes(limit: limit)
        guard bytes.readableBytes > 0 else { return nil }
        do throws(JSONFault) {
            return try JSONValue.parse(
                bytes.readableBytesView, maximumDepth: Limits.jsonDepth, duplicates: .refuse)
        } catch {
            throw Fault.invalidBody(error.description)
        }
    }

    /// The object that the body must be.
    func object(limit: Int) async throws -> JSONObject {
        guard let value = try await json(limit: limit) else {
            throw Fault.invalidBody("A request body is required: a JSON object.")
        }
        guard let object = value.objectValue else { throw Fault.invalidBody("The request body must be a JSON object.") }
        return object
    }
}
