internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1

extension Reply {
    /// The answer to `request` as it goes out (RFC 9112, section 4): head and body in one piece, so that they leave
    /// with one call of the system. It says the length of its body, and has none where HTTP allows none.
    /// - Parameter isLast: Whether the connection ends with it.
    func bytes(answering request: HTTPRequestHead, isLast: Bool) -> ByteBuffer {
        let content = status == .noContent ? nil : body ?? []
        var head: [UInt8] = []
        head.reserveCapacity(512)
        head.append(line: "HTTP/1.1 ", HTTPResponseStatus(statusCode: status.code).line)
        for (name, value) in headers { head.append(line: name.rawName, ": ", Self.safe(value)) }
        if let content { head.append(line: "Content-Length: ", String(content.count)) }
        if isLast {
            head.append(line: "Connection: close")
        } else if request.version == .http1_0 {
            head.append(line: "Connection: keep-alive")
        }
        head.append(line: "")
        let shown = request.method == .HEAD ? nil : content
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

extension HTTPResponseStatus {
    fileprivate var line: String { "\(code) \(reasonPhrase)" }
}

extension [UInt8] {
    fileprivate mutating func append(line parts: String...) {
        for part in parts { append(contentsOf: part.utf8) }
        append(UInt8(ascii: "\r"))
        append(UInt8(ascii: "\n"))
    }
}
