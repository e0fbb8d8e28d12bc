package import WeirDomain
internal import WeirJSON
package import WeirStorage

/// Whether a queue has subscriptions stands in its record, where each post sees it without asking for them.
extension Catalog {
    /// Marks the queue as one that has subscriptions, which one more of them was stored for just now, and returns since
    /// when it is marked; nil if there is no such queue.
    ///
    /// The record gets a new version even if it is marked already: whoever is about to take the mark off, because there
    /// was no subscription when it looked, fails by that.
    package func markSubscribed(_ key: QueueKey) async throws(StorageError) -> Timestamp? {
        var seen: QueueRecord?
        for _ in 0..<Limits.routeAttempts {
            guard let record = try await store.queue(key) else { return nil }
            let present = record.subscribedSince
            // Somebody else has given it a new version since the first look.
            if let present, let seen, seen.life != record.life || seen.version != record.version { return present }
            let since = present ?? clock.now()
            if try await mark(record, since) { return since }
            seen = record
        }
        throw .busy
    }

    /// Takes the mark off the queue if it has no subscriptions left.
    package func unmarkUnsubscribed(_ key: QueueKey) async throws(StorageError) {
        // The record first: a subscription that is stored after the second look changes its version.
        guard let record = try await store.queue(key), record.subscribedSince != nil,
            try await !hasSubscriptions(key)
        else { return }
        // Should it have changed meanwhile, the mark stays, until the next subscription ends.
        _ = try await mark(record, nil)
    }

    /// Whether there are subscriptions of a queue of this name.
    func hasSubscriptions(_ key: QueueKey) async throws(StorageError) -> Bool {
        let first = try await store.documents(
            .subscription, of: key.project, in: key.name.value, after: "", limit: 1, now: clock.now())
        return !first.isEmpty
    }

    private func mark(_ record: QueueRecord, _ since: Timestamp?) async throws(StorageError) -> Bool {
        var stored = record.storedMetadata
        stored[HiddenMetadata.subscribed] = since.map { .integer($0.milliseconds) }
        var record = record
        record.metadata = JSONValue.object(stored).bytes
        defer { forget(record.key) }
        return try await store.replace(record)
    }
}

extension QueueRecord {
    fileprivate var subscribedSince: Timestamp? {
        storedMetadata[HiddenMetadata.subscribed]?.integerValue.map { Timestamp(milliseconds: $0) }
    }
}
