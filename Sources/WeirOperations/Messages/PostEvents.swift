package import WeirDomain
package import WeirStorage

/// Who wants to know of messages that were posted to queues with subscriptions.
package protocol PostEvents: Sendable {
    /// The messages are stored; whoever posted them is told so once this returns. What it remembers has to last as long
    /// as they do.
    func posted(_ messages: [AnnouncedMessage], to queue: QueueKey) async throws(StorageError)
}

/// Nobody wants to know.
package struct NoPostEvents: PostEvents {
    package init() {}

    package func posted(_ messages: [AnnouncedMessage], to queue: QueueKey) async throws(StorageError) {}
}
