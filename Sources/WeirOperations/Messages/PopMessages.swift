internal import Logging
internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Deletes and returns the first messages that nobody has claimed, none if there is no such queue.
    package func popMessages(_ count: Int, from key: QueueKey) async throws(OperationError) -> [Message] {
        guard (1...limits.messagesPerClaimOrPop).contains(count) else {
            throw .invalidRequest("pop: \(count) is out of range; it may be 1 to \(limits.messagesPerClaimOrPop).")
        }
        return try await pastClosed(in: key, limit: count) { count throws(OperationError) in
            try await pop(count, from: key)
        }
    }

    private func pop(_ count: Int, from key: QueueKey) async throws(OperationError) -> [Message] {
        let now = clock.now()
        let popped = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) -> [Message]? in
                // What nobody can read must not be taken out.
                if route.settings.encryptsMessages, !cipher.hasKeys { return nil }
                return try await driver.pop(count, from: route.ref, now: now)
            })
        guard let popped else { return [] }
        guard let popped else { throw .noEncryptionKey }
        let (opened, closed, fault) = readable(popped, of: key)
        try await putBack(closed, in: key, now)
        if opened.isEmpty, let fault { throw fault }
        return opened
    }

    /// Stores messages that turned out to be unreadable again: under their ids, at the end of the queue, for the rest of
    /// their time. They were taken out although a key is missing, so this is the lesser harm.
    private func putBack(_ messages: [Message], in key: QueueKey, _ now: Timestamp) async throws(OperationError) {
        for (client, messages) in Dictionary(grouping: messages, by: \.client) {
            let kept = messages.map { message in
                NewMessage(
                    nonce: message.id.nonce, body: message.body, ttl: max(1, message.expires.seconds(since: now)),
                    delay: 0, keptID: message.id)
            }
            _ = try await store(kept, from: client, to: key)
        }
    }
}
