package import HTTPTypes
package import NIOHTTP1

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
    package init?(_ request: HTTPRequestHead, origins: [String]) throws(Refusal) {
        let fields = request.headers
        guard fields[canonicalForm: "upgrade"].contains(where: { $0.lowercased() == "websocket" }) else { return nil }
        guard request.method == .GET, request.version == .http1_1 else {
            throw Refusal(status: .badRequest, reason: "Upgrade: a WebSocket connection begins with GET over HTTP/1.1.", version: nil)
        }
        guard fields[canonicalForm: "connection"].contains(where: { $0.lowercased() == "upgrade" }) else {
            throw Refusal(status: .badRequest, reason: "Connection: must name upgrade next to Upgrade.", version: nil)
        }
        guard fields["Sec-WebSocket-Version"] == [Self.version] else {
            throw Refusal(
                status: .upgradeRequired, reason: "Sec-WebSocket-Version: only \(Self.version) is spoken here.",
                version: Self.version)
        }
        guard fields["Sec-WebSocket-Key"].count == 1, let key = fields.first(name: "Sec-WebSocket-Key"),
            key.utf8.count == 24, key.hasSuffix("==") else {
            throw Refusal(status: .badRequest, reason: "Sec-WebSocket-Key: must be 16 bytes in base64.", version: nil)
        }
        guard (fields.first(name: "Content-Length") ?? "0") == "0", !fields.contains(name: "Transfer-Encoding") else {
            throw Refusal(status: .badRequest, reason: "A request for WebSocket has no body.", version: nil)
        }
        if let origin = fields.first(name: "Origin"), !Self.admits(origin, of: fields.first(name: "Host"), origins) {
            throw Refusal(
                status: .forbidden,
                reason: "Origin: pages of '\(origin.prefix(256))' may not connect; cors.allowed_origin names those that may.",
                version: nil)
        }
        self.key = key
    }

    private static func admits(_ origin: String, of authority: String?, _ allowed: [String]) -> Bool {
        if allowed.contains("*") || allowed.contains(origin) { return true }
        guard let authority, let mark = origin.firstRange(of: "://") else { return false }
        return origin[mark.upperBound...].lowercased() == authority.lowercased()
    }
}
