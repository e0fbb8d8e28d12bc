internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    package func beginCapture(
        of queue: QueueRef, for migration: Int64
    ) async throws(StorageError) -> CaptureStart {
        let reply = try await run(.beginCapture, on: queue, arguments: 1) { $0.add(migration) }
        return reply == .integer(1) ? .continued : .began
    }

    /// All marks go at once: the server frees them in the background.
    package func endCapture(
        of queue: QueueRef, for migration: Int64, limit: Int
    ) async throws(StorageError) -> Bool {
        _ = try await run(.endCapture, on: queue, arguments: 1) { $0.add(migration) }
        return false
    }

    package func changes(
        of queue: QueueRef, for migration: Int64, limit: Int, bytes: Int, now: Timestamp
    ) async throws(StorageError) -> QueueChanges {
        let reply = try await run(.changes, on: queue, arguments: 3, changes: false) { buffer in
            buffer.add(migration)
            buffer.add(Int64(max(1, limit)))
            buffer.add(Int64(bytes))
        }
        let parts = try Answer.elements(reply)
        guard parts.count == 7, let mark = parts[0].text.flatMap({ Int64($0) }) else { throw Answer.strange }
        var part = QueuePart()
        try part.add(sequences: parts[2], Answer.messages(parts[2...4]), now)
        try part.add(claims: parts[5], parts[6], now)
        return QueueChanges(part: part, mark: mark, left: Int(try Answer.integer(parts[1])))
    }

    package func clearChanges(
        of queue: QueueRef, for migration: Int64, through mark: Int64
    ) async throws(StorageError) {
        _ = try await run(.clearChanges, on: queue, arguments: 2) { buffer in
            buffer.add(migration)
            buffer.add(mark)
        }
    }
}

extension QueuePart {
    /// Adds the messages with these sequences: those that exist, and the others as gone.
    fileprivate mutating func add(
        sequences: RedisReply, _ found: [Message], _ now: Timestamp
    ) throws(StorageError) {
        messages = found.filter { $0.expires > now }.sorted { $0.sequence < $1.sequence }
        let present = Set(messages.map(\.sequence))
        for sequence in try Answer.elements(sequences) {
            guard let sequence = Answer.sequence(sequence) else { throw Answer.strange }
            if !present.contains(sequence) { goneMessages.append(sequence) }
        }
    }

    /// Adds the claims with these ids and values: those that are live, and the others as gone.
    fileprivate mutating func add(
        claims ids: RedisReply, _ values: RedisReply, _ now: Timestamp
    ) throws(StorageError) {
        for (id, value) in zip(try Answer.elements(ids), try Answer.elements(values)) {
            guard case .bytes(let stored) = id else { throw Answer.strange }
            if let claim = Answer.liveClaim(id, value, now) {
                claims.append(claim)
            } else {
                goneClaims.append(ClaimID(stored: stored[...]))
            }
        }
    }
}
