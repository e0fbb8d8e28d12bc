package import WeirDomain
package import WeirStorage

/// The deliveries to one subscription that were given up, the oldest first.
package struct FailureList: Sendable {
    let queue: HiddenQueue

    /// - Parameter home: the pool in which it is created. Nil if the id cannot be one of a subscription.
    package init?(of subscription: String, about: QueueKey, home: String, in vault: Vault) {
        guard let name = QueueName(subscription) else { return nil }
        queue = HiddenQueue(.failures, name, home: home, about: about, in: vault)
    }

    /// Adds failures. Beyond the bound the oldest make room.
    package func add(_ entries: [BacklogEntry]) async throws(StorageError) {
        _ = try await queue.post(entries.map(\.bytes), ttl: Limits.failedDeliverySeconds)
        let count = try await queue.count()
        if count > Limits.failedDeliveries { _ = try await queue.pop(count - Limits.failedDeliveries) }
    }

    /// One of them.
    package struct Failure: Sendable {
        package let id: MessageID
        package let failed: Timestamp
        package let entry: BacklogEntry
    }

    /// Those behind this one. What cannot be read is passed over, and stays.
    package func list(after id: MessageID?, limit: Int) async throws(StorageError) -> [Failure] {
        var found: [Failure] = []
        var position = id?.sequence ?? .start
        while found.count < limit {
            let page = try await queue.list(after: position, limit: limit - found.count)
            guard let last = page.last else { break }
            for message in page {
                guard let entry = queue.entry(message).flatMap({ BacklogEntry($0) }) else { continue }
                found.append(Failure(id: message.id, failed: message.created, entry: entry))
            }
            position = last.sequence
        }
        return found
    }

    package func remove(_ failures: [Failure]) async throws(StorageError) {
        try await queue.delete(failures.map(\.id))
    }
}
