package import HTTPTypes
package import HummingbirdCore
package import NIOCore

/// Takes over connections that ask for another protocol (RFC 9110, section 7.8).
package protocol ConnectionUpgrade: Sendable {
    /// Nil if the request asks for nothing that is spoken here: it is then served like any other.
    func decide(_ request: HTTPRequest) -> UpgradeDecision?

    /// Figures about these connections, in the text format of Prometheus.
    var metrics: String { get }
}

/// What becomes of a connection that asks for another protocol.
package enum UpgradeDecision: Sendable {
    /// The connection is given away. Returns when it has ended.
    case take(@Sendable (any Channel) async -> Void)
    case refuse(UpgradeRefusal)
}

/// Why a connection does not get another protocol.
package struct UpgradeRefusal: Sendable {
    package let status: HTTPResponse.Status
    package let reason: String
    package let headers: [(HTTPField.Name, String)]

    package init(status: HTTPResponse.Status, reason: String, headers: [(HTTPField.Name, String)]) {
        self.status = status
        self.reason = reason
        self.headers = headers
    }
}

extension Reply {
    init(_ refusal: UpgradeRefusal) {
        self.init(Fault(refusal.status, "Upgrade refused", refusal.reason, headers: refusal.headers))
    }
}

extension HTTPService {
    /// Answers on a port where only connections are accepted that ask for another protocol.
    @concurrent
    package func upgrade(
        _ request: Request, _ writer: consuming ResponseWriter, on channel: any Channel
    ) async throws {
        var reply: Reply
        switch upgrades?.decide(request.head) {
        case .take(let serve): return await serve(channel)
        case .refuse(let refusal): reply = Reply(refusal)
        case nil:
            reply = Reply(
                Fault(
                    .upgradeRequired, "Upgrade Required", "Only WebSocket is spoken on this port.",
                    headers: [(.upgrade, "websocket")]))
        }
        reply.headers.append((.connection, "close"))
        try await writer.write(response: reply.head, body: reply.responseBody(isHead: request.method == .head))
        channel.close(mode: .output, promise: nil)
    }
}
