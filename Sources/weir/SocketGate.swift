internal import HTTPTypes
internal import NIOHTTP1
internal import WeirHTTP
internal import WeirWebSocket

/// Where connections that speak HTTP become connections that speak WebSocket.
struct SocketGate: ConnectionUpgrade {
    let service: SocketService
    /// Pages of which other origins may connect.
    let origins: [String]

    func decide(_ request: HTTPRequestHead) -> UpgradeDecision? {
        do throws(SocketHandshake.Refusal) {
            guard let handshake = try SocketHandshake(request, origins: origins) else { return nil }
            return .take { channel in await service.serve(handshake, on: channel) }
        } catch {
            let headers = error.version.map { [(HTTPField.Name.secWebSocketVersion, $0)] } ?? []
            return .refuse(UpgradeRefusal(status: error.status, reason: error.reason, headers: headers))
        }
    }

    var metrics: String { service.counters.metrics }
}
