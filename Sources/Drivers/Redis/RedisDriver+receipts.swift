internal import RedisEngine
package import WeirDomain
package import WeirStorage

extension RedisDriver {
    /// In a call of its own: what it does with its messages depends on what is stored.
    package func post(
        _ messages: [NewMessage], from client: ClientID, to queue: QueueRef, under receipt: PostReceipt, now: Timestamp
    ) async throws(StorageError) -> PostOutcome {
        let post = try post(of: messages, from: client, now: now)
        let life = QueueKeys(queue.life).life
        let claim = StoredClaim.value(of: receipt.claim(first: .start))
        let reply = try await run(.postOnce, on: queue, arguments: 7 + messages.count) { buffer in
            buffer.add(life)
            buffer.add(post.earliest)
            buffer.add(now.milliseconds)
            buffer.add(receipt.id.stored)
            buffer.add(Array(claim[..<8]))
            buffer.add(receipt.until.milliseconds)
            buffer.add(Array(claim[16..<24]))
            post.add(to: &buffer)
        }
        let parts = try Answer.elements(reply)
        switch try parts.first.map(Answer.integer) {
        case 0: return .stored(PostReceipt.ids(of: messages, first: try Self.first(parts)))
        case 1: return .repeated(PostReceipt.ids(of: messages, first: try Self.first(parts)))
        case 2: return .differs
        default: throw Answer.strange
        }
    }

    private static func first(_ parts: [RedisReply]) throws(StorageError) -> MessageSequence {
        guard parts.count == 2 else { throw Answer.strange }
        return MessageSequence(try Answer.integer(parts[1]))
    }
}
