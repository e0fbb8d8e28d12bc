internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    package func openShadow(
        of queue: QueueRef, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) -> ShadowStart {
        let keys = QueueKeys(queue.life)
        let reply = try await run(.openShadow, on: queue, arguments: 3) { buffer in
            buffer.add(turn.value)
            buffer.add(keys.life)
            buffer.add(keys.place)
        }
        return switch reply {
        case .integer(0): .fresh
        case .integer(1): .continued
        default: .leftover
        }
    }

    package func `import`(
        _ part: QueuePart, into life: QueueLife, turn: MoveTurn, now: Timestamp
    ) async throws(StorageError) {
        let name = QueueKeys(life).life
        let packed = PackedPart(part, now)
        _ = try await run(.importPart, on: life, arguments: packed.words + 2) { buffer in
            buffer.add(turn.value)
            buffer.add(name)
            packed.write(to: &buffer)
        }
    }

    package func finalise(
        _ queue: QueueRef, turn: MoveTurn, last: MessageSequence, isCapturing: Bool
    ) async throws(StorageError) {
        _ = try await run(.finalise, on: queue, arguments: 3) { buffer in
            buffer.add(turn.value)
            buffer.add(last.value)
            buffer.add(isCapturing ? String(turn.migration) : "")
        }
    }

    /// Everything goes at once: the server frees it in the background.
    package func clear(_ life: QueueLife, turn: MoveTurn, limit: Int) async throws(StorageError) -> Bool {
        let keys = QueueKeys(life)
        _ = try await run(.clear, on: life, arguments: 3) { buffer in
            buffer.add(turn.value)
            buffer.add(keys.life)
            buffer.add(keys.place)
        }
        return false
    }
}
