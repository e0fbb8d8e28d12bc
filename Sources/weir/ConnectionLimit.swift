internal import HummingbirdCore
internal import Logging
internal import WeirDomain

/// Bounds the connections of a port: those beyond wait, unanswered, until others end. Says so in the log, at most once a
/// minute, since clients see nothing but a server that does not answer.
struct ConnectionLimit: AvailableConnectionsDelegate {
    private static let silenceMilliseconds: Int64 = 60_000

    private let most: Int
    private let logger: Logger
    private let clock: any WeirClock
    private var count = 0
    private var saidAt: Timestamp?

    init(_ most: Int, clock: any WeirClock, logger: Logger) {
        self.most = most
        self.clock = clock
        self.logger = logger
    }

    mutating func connectionOpened() {
        count += 1
        guard count >= most else { return }
        let now = clock.now()
        if let saidAt, now.milliseconds - saidAt.milliseconds < Self.silenceMilliseconds { return }
        saidAt = now
        logger.warning("connection limit reached", metadata: ["server.max_connections": "\(most)"])
    }

    mutating func connectionClosed() {
        count -= 1
    }

    func isAcceptingNewConnections() -> Bool {
        count < most
    }
}
