internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

extension Reply {
    /// The answer to `request` as it goes out (RFC 9112, section 4): head and body in one piece, so that they leave
    /// with one call of the system. It says the length of its body, and has none where HTTP allows none.
    /// - Parameter isLast: Whether the connection ends with it.
    func bytes(answering request: HTTPRequestHead, isLast: Bool) -> ByteBuffer {
        bytes(version: request.version, hasBody: request.method != .HEAD, isLast: isLast)
    }

    /// - Parameter hasBody: Whether the body goes out, and not only its length.
    func bytes(version: HTTPVersion, hasBody: Bool, isLast: Bool) -> ByteBuffer {
        let content = status == .noContent ? nil : body ?? []
        var head: [UInt8] = []
        head.reserveCapacity(512)
        head.append(status: HTTPResponseStatus(statusCode: status.code))
        for (name, value) in headers { head.append(field: name.rawName, Self.safe(value)) }
        if let content { head.append(field: "Content-Length", String(content.count)) }
        if isLast {
            head.append(field: "Connection", "close")
        } else if version == .http1_0 {
            head.append(field: "Connection", "keep-alive")
        }
        head.appendEndOfLine()
        let shown = hasBody ? content : nil
        var buffer = ByteBufferAllocator().buffer(capacity: head.count + (shown?.count ?? 0))
        buffer.writeBytes(head)
        if let shown { buffer.writeBytes(shown) }
        return buffer
    }

    /// Without characters that would end a header: names of pools may hold them.
    private static func safe(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return value }
        return String(value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
    }
}

extension [UInt8] {
    fileprivate mutating func append(status: HTTPResponseStatus) {
        append(contentsOf: "HTTP/1.1 ".utf8)
        append(contentsOf: String(status.code).utf8)
        append(UInt8(ascii: " "))
        append(contentsOf: status.reasonPhrase.utf8)
        appendEndOfLine()
    }

    fileprivate mutating func append(field name: String, _ value: String) {
        append(contentsOf: name.utf8)
        append(UInt8(ascii: ":"))
        append(UInt8(ascii: " "))
        append(contentsOf: value.utf8)
        appendEndOfLine()
    }

    fileprivate mutating func appendEndOfLine() {
        append(UInt8(ascii: "\r"))
        append(UInt8(ascii: "\n"))
    }
}
