/// A message as subscribers are told of it.
package struct AnnouncedMessage: Hashable, Sendable {
    package let id: MessageID
    package let body: MessageBody
    /// Seconds.
    package let ttl: Int
    /// Seconds; nil unless the queue is a delayed one.
    package let delay: Int?

    package init(id: MessageID, body: MessageBody, ttl: Int, delay: Int?) {
        self.id = id
        self.body = body
        self.ttl = ttl
        self.delay = delay
    }
}
