package import HTTPTypes

/// A request to speak WebSocket (RFC 6455, section 4.2.1), on any path.
package struct SocketHandshake: Sendable {
    /// Why a request is refused, as an HTTP answer.
    package struct Refusal: Error, Hashable, Sendable {
        package let status: HTTPResponse.Status
        package let reason: String
        /// The version that is spoken here, if the client wanted another one.
        package let version: String?
    }

    static let version = "13"

    let key: String

    /// Nil for a request that asks for nothing of the kind.
    ///
    /// A browser lets any page open connections, and sends no preflight: so a page of another site is refused unless the
    /// operator allowed its origin.
    /// - Parameter origins: Those that pages of other sites may have; `*` allows all.
    package init?(_ request: HTTPRequest, origins: [String]) throws(Refusal) {
        let fields = request.headerFields
        guard fields[values: .upgrade].contains(where: { Self.lists("websocket", in: $0) }) else { return nil }
        guard request.method == .get else {
            throw Refusal(status: .badRequest, reason: "Upgrade: a WebSocket connection begins with GET.", version: nil)
        }
        guard fields[values: .connection].contains(where: { Self.lists("upgrade", in: $0) }) else {
            throw Refusal(status: .badRequest, reason: "Connection: must name upgrade next to Upgrade.", version: nil)
        }
        guard fields[.secWebSocketVersion] == Self.version else {
            throw Refusal(
                status: .upgradeRequired, reason: "Sec-WebSocket-Version: only \(Self.version) is spoken here.",
                version: Self.version)
        }
        guard let key = fields[.secWebSocketKey], key.utf8.count == 24, key.hasSuffix("==") else {
            throw Refusal(status: .badRequest, reason: "Sec-WebSocket-Key: must be 16 bytes in base64.", version: nil)
        }
        guard (fields[.contentLength] ?? "0") == "0", fields[.transferEncoding] == nil else {
            throw Refusal(status: .badRequest, reason: "A request for WebSocket has no body.", version: nil)
        }
        if let origin = fields[.origin], !Self.admits(origin, of: request.authority, origins) {
            throw Refusal(
                status: .forbidden,
                reason: "Origin: pages of '\(origin.prefix(256))' may not connect; cors.allowed_origin names those that may.",
                version: nil)
        }
        self.key = key
    }

    /// Whether a comma-separated header has the word, in any case.
    private static func lists(_ word: String, in header: String) -> Bool {
        header.split(separator: ",").contains { part in
            part.filter { $0 != " " && $0 != "\t" }.lowercased() == word
        }
    }

    private static func admits(_ origin: String, of authority: String?, _ allowed: [String]) -> Bool {
        if allowed.contains("*") || allowed.contains(origin) { return true }
        guard let authority, let mark = origin.firstRange(of: "://") else { return false }
        return origin[mark.upperBound...].lowercased() == authority.lowercased()
    }
}
