internal import HTTPTypes
internal import NIOHTTP1

extension Reply {
    /// The head of the answer to `request`.
    /// - Parameter isLast: Whether the connection ends with it.
    func head(for request: HTTPRequestHead, isLast: Bool) -> HTTPResponseHead {
        var fields: [(String, String)] = []
        fields.reserveCapacity(headers.count + 2)
        for (name, value) in headers { fields.append((name.rawName, Self.safe(value))) }
        if status != .noContent { fields.append(("Content-Length", String(body?.count ?? 0))) }
        if isLast {
            fields.append(("Connection", "close"))
        } else if request.version == .http1_0 {
            fields.append(("Connection", "keep-alive"))
        }
        return HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: status.code), headers: HTTPHeaders(fields))
    }

    /// Without characters that would end a header: names of pools may hold them.
    private static func safe(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return value }
        return String(value.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) })
    }
}
