internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    package func fence(_ queue: QueueRef, turn: MoveTurn) async throws(StorageError) {
        _ = try await run(.fence, on: queue, arguments: 1) { $0.add(turn.value) }
    }

    package func unfence(_ queue: QueueRef, through turn: MoveTurn) async throws(StorageError) {
        _ = try await run(.unfence, on: queue, arguments: 1) { $0.add(turn.value) }
    }

    package func markMoved(
        _ queue: QueueRef, to epoch: Epoch, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        _ = try await run(.markMoved, on: queue, arguments: 3) { buffer in
            buffer.add(epoch.value)
            buffer.add(turn.value)
            buffer.add(now.milliseconds)
        }
    }
}
