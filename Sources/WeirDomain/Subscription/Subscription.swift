/// Somebody who wants to be told of each message of a queue.
package struct Subscription: Hashable, Sendable {
    /// The text of a UUID.
    package let id: String
    /// The queue whose messages it is about; that of a topic is in the project's hidden twin.
    package let source: QueueKey
    /// The address that is told: one of the schemes of `SubscriberScheme`.
    package var subscriber: String
    /// Seconds.
    package var ttl: Int
    package let created: Timestamp
    /// From then on there is no such subscription.
    package var expires: Timestamp
    /// The text of a JSON object.
    package var options: [UInt8]
    /// Whether the subscriber has said that it wants this. Where no confirmation is demanded nobody asks.
    package var isConfirmed: Bool

    package init(
        id: String, source: QueueKey, subscriber: String, ttl: Int, created: Timestamp, expires: Timestamp,
        options: [UInt8], isConfirmed: Bool
    ) {
        self.id = id
        self.source = source
        self.subscriber = subscriber
        self.ttl = ttl
        self.created = created
        self.expires = expires
        self.options = options
        self.isConfirmed = isConfirmed
    }
}
