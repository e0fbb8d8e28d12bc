package import WeirDomain
package import WeirStorage

/// A subscription as it was read: a change names the version it saw.
package struct StoredSubscription: Sendable {
    package var subscription: Subscription
    package let version: Int64
}

/// The subscriptions in the catalog. Of each queue a second sort of documents says which subscription has a subscriber,
/// so that no subscriber has two. Such a document is written before its subscription, which may then never come, and
/// may outlive it; so it counts only as long as that subscription is there and has this subscriber.
package struct SubscriptionBook: Sendable {
    private let store: any CatalogStore
    private let clock: any WeirClock

    package init(store: any CatalogStore, clock: any WeirClock) {
        self.store = store
        self.clock = clock
    }

    // MARK: Subscriptions

    /// The subscription of this id; nil if the queue has none.
    package func find(_ id: String, of queue: QueueKey) async throws(StorageError) -> StoredSubscription? {
        guard let document = try await store.document(Subscription.key(id, of: queue), now: clock.now()) else {
            return nil
        }
        return Subscription(document).map { StoredSubscription(subscription: $0, version: document.version) }
    }

    /// The queue's subscriptions in the order of their ids, after this one; an empty id begins at the first.
    package func list(
        of queue: QueueKey, after id: String, limit: Int
    ) async throws(StorageError) -> [Subscription] {
        try await store.documents(
            .subscription, of: queue.project, in: queue.name.value, after: id, limit: limit, now: clock.now()
        ).compactMap { Subscription($0) }
    }

    func count(of queue: QueueKey, limit: Int) async throws(StorageError) -> Int {
        try await store.documentCount(.subscription, of: queue.project, in: queue.name.value, limit: limit)
    }

    func insert(_ subscription: Subscription) async throws(StorageError) -> Bool {
        try await store.insert(subscription.document(), now: clock.now())
    }

    /// False if it is gone or was changed since.
    func replace(_ stored: StoredSubscription) async throws(StorageError) -> Bool {
        try await store.replace(stored.subscription.document(version: stored.version), now: clock.now())
    }

    /// Removes the subscription, then what says that it has its subscriber.
    func remove(_ subscription: Subscription) async throws(StorageError) {
        let key = Subscription.key(subscription.id, of: subscription.source)
        _ = try await store.removeDocument(key, version: nil, now: clock.now())
        try await release(subscription.subscriber, from: subscription.id, of: subscription.source)
    }

    // MARK: Subscribers

    /// Notes that this subscription has the subscriber, until then. If another one has it, that is returned and nothing
    /// is noted.
    func take(
        _ subscriber: String, for id: String, of queue: QueueKey, until expires: Timestamp
    ) async throws(StorageError) -> Subscription? {
        let note = Document(key: key(subscriber, of: queue), content: Array(id.utf8), expires: expires)
        var seen: Document?
        for _ in 0..<Limits.subscriberAttempts {
            guard var present = try await store.document(note.key, now: clock.now()) else {
                if try await store.insert(note, now: clock.now()) { return nil }
                continue
            }
            if present.content != note.content {
                if let other = try await holder(present, of: queue) { return other }
                // Whoever wrote it is about to store that subscription, or has failed to.
                guard present == seen else {
                    seen = present
                    await pause()
                    continue
                }
            }
            present.content = note.content
            present.expires = expires
            if try await store.replace(present, now: clock.now()) { return nil }
        }
        throw .busy
    }

    /// Of many who wait not all are to come back at the same time.
    private func pause() async {
        await clock.sleep(milliseconds: .random(in: 1...Limits.subscriberPauseMilliseconds))
    }

    /// Notes once more that this subscription, which is stored by now, has the subscriber. False if another one has taken
    /// it, because this one was not there yet. Whoever is about to, and has looked before, fails by the note's new version.
    func confirm(_ subscriber: String, of id: String, _ queue: QueueKey) async throws(StorageError) -> Bool {
        for _ in 0..<Limits.subscriberAttempts {
            let note = try await store.document(key(subscriber, of: queue), now: clock.now())
            guard let note, note.content == Array(id.utf8) else { return false }
            if try await store.replace(note, now: clock.now()) { return true }
        }
        throw .busy
    }

    /// Forgets that this subscription has the subscriber.
    func release(_ subscriber: String, from id: String, of queue: QueueKey) async throws(StorageError) {
        let note = try await store.document(key(subscriber, of: queue), now: clock.now())
        guard let note, note.content == Array(id.utf8) else { return }
        _ = try await store.removeDocument(note.key, version: note.version, now: clock.now())
    }

    /// The subscription that the note names, if it is there and has the subscriber.
    private func holder(_ note: Document, of queue: QueueKey) async throws(StorageError) -> Subscription? {
        guard let stored = try await find(String(decoding: note.content, as: UTF8.self), of: queue),
            stored.subscription.subscriber.isSame(as: note.key.name)
        else { return nil }
        return stored.subscription
    }

    private func key(_ subscriber: String, of queue: QueueKey) -> Document.Key {
        Document.Key(kind: .subscriber, project: queue.project, owner: queue.name.value, name: subscriber)
    }
}

extension String {
    /// In every byte, as stores compare names.
    func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
