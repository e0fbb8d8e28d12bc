package import WeirDomain
package import WeirStorage

/// Whoever tells subscribers of messages.
package protocol Deliveries: Sendable {
    /// Makes sure of the place where word is left, before messages are stored: else they would be there, and refused.
    func prepare(for queue: QueueKey) async throws(StorageError)

    /// The messages are stored; whoever posted them is told so once this returns. What it remembers has to last as long
    /// as they do.
    func posted(_ messages: [AnnouncedMessage], to queue: QueueKey) async throws(StorageError)

    /// What was given up of the subscription, the oldest first, behind this one.
    func failures(
        of subscription: String, in queue: QueueKey, after marker: MessageID?, limit: Int
    ) async throws(StorageError) -> [FailedDelivery]

    /// Begins all that was given up of the subscription anew, and says how many deliveries those are.
    func redrive(_ subscription: String, in queue: QueueKey) async throws(StorageError) -> Int

    /// Forgets what was given up of a subscription that is gone.
    func forget(_ subscription: String, in queue: QueueKey) async throws(StorageError)

    /// What was done on this node; nil if nothing is delivered here.
    var figures: DeliveryFigures? { get }
}

/// A delivery that was given up.
package struct FailedDelivery: Hashable, Sendable {
    package let id: MessageID
    package let failed: Timestamp
    /// Attempts that failed.
    package let attempts: Int
    package let reason: String
    /// What the subscriber answered at last, if it did.
    package let status: Int?
    /// What was to be delivered: the text of a JSON object, or of a mail.
    package let payload: [UInt8]

    package init(id: MessageID, failed: Timestamp, attempts: Int, reason: String, status: Int?, payload: [UInt8]) {
        self.id = id
        self.failed = failed
        self.attempts = attempts
        self.reason = reason
        self.status = status
        self.payload = payload
    }
}

/// Figures of one node.
package struct DeliveryFigures: Hashable, Sendable {
    package var delivered = 0
    /// Attempts that failed and are made again.
    package var retried = 0
    package var failed = 0
    /// What was stored and cannot be read: entries of outboxes, and parcels in backlogs.
    package var unreadable = 0
    /// Parcels in backlogs that this node serves.
    package var backlog = 0
    /// Parcels that wait in this node's memory.
    package var waiting = 0
    /// Seconds since the oldest message was posted of which some subscriber has yet to be told.
    package var ageSeconds = 0.0

    package init() {}
}

/// Nobody is told of anything.
package struct NoDeliveries: Deliveries {
    package init() {}

    package func prepare(for queue: QueueKey) async throws(StorageError) {}

    package func posted(_ messages: [AnnouncedMessage], to queue: QueueKey) async throws(StorageError) {}

    package func failures(
        of subscription: String, in queue: QueueKey, after marker: MessageID?, limit: Int
    ) async throws(StorageError) -> [FailedDelivery] { [] }

    package func redrive(_ subscription: String, in queue: QueueKey) async throws(StorageError) -> Int { 0 }

    package func forget(_ subscription: String, in queue: QueueKey) async throws(StorageError) {}

    package var figures: DeliveryFigures? { nil }
}
