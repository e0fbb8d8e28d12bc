package import HTTPTypes
package import NIOCore
package import NIOHTTP1

/// Takes over connections that ask for another protocol (RFC 9110, section 7.8).
package protocol ConnectionUpgrade: Sendable {
    /// Nil if the request asks for nothing that is spoken here: it is then served like any other.
    func decide(_ request: HTTPRequestHead) -> UpgradeDecision?

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

extension HTTPService {
    /// What a request gets that asks for another protocol; nil if it is served like any other.
    func decideUpgrade(_ request: IncomingRequest) -> UpgradeDecision? {
        let decision = upgrades?.decide(request.head)
        if case .take = decision {
            record(request, Target(request.head.uri), nil, RequestID.mint(), 101, .zero)
        }
        return decision
    }

    /// Says no, and writes a line about it.
    func answer(_ refusal: UpgradeRefusal, to request: IncomingRequest) -> Reply {
        let requestID = RequestID.mint()
        let fault = Fault(
            refusal.status, "Upgrade refused", refusal.reason, headers: refusal.headers + [(.requestID, requestID)])
        record(request, Target(request.head.uri), nil, requestID, refusal.status.code, .zero)
        return Reply(fault)
    }
}

extension Fault {
    static let upgradeRequired = Fault(
        .upgradeRequired, "Upgrade Required", "Only WebSocket is spoken on this port.", headers: [(.upgrade, "websocket")])
}
