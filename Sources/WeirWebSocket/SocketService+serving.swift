internal import Logging
package import NIOCore
internal import WeirOperations

extension SocketService {
    /// Speaks WebSocket on a connection until it ends. No request of HTTP may be under way on it.
    package func serve(_ handshake: SocketHandshake, on channel: any Channel) async {
        let connection = SocketConnection(options.terms, counters)
        do {
            try await SocketUpgrade.begin(connection, handshake, on: channel)
        } catch {
            logger.debug("connection lost before its upgrade", metadata: ["reason": "\(error)"])
            channel.close(promise: nil)
            return
        }
        for await message in connection.messages {
            connection.answer(await answer(message, on: connection))
        }
        for (id, queue) in connection.subscriptions.end() {
            guard !Task.isCancelled else { break }
            do throws(OperationError) {
                try await operations.deleteSubscription(id, of: queue)
            } catch {
                // It ends by itself with its ttl.
                logger.warning("subscription not removed", metadata: ["subscription": "\(id)", "reason": "\(error)"])
            }
        }
        // It has ended, or this process does not wait any longer.
        channel.close(promise: nil)
    }
}
