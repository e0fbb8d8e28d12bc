/// What the reserved metadata of a queue say about its messages; nil means the node's default.
package struct QueueSettings: Hashable, Sendable {
    /// Bytes.
    package var maximumPostBytes: Int?
    /// Seconds.
    package var messageTTL: Int?
    /// Seconds; a queue with a delay above 0 is a delayed queue, whose messages may set their own.
    package var messageDelay: Int?
    package var deadLetterQueue: QueueName?
    /// Seconds; nil keeps the message's own.
    package var deadLetterTTL: Int?
    package var maximumClaims: Int?
    /// Bodies are sealed before a pool gets them.
    package var encryptsMessages = false
    /// Whether somebody may want to be told of its messages. It may say so a while after the last subscription ended.
    package var hasSubscriptions = false

    package init() {}

    /// Dead-lettering needs both keys, a count above 0, and another queue than this one.
    package func deadLettering(of queue: QueueName) -> (maximumClaims: Int, target: QueueName)? {
        guard let maximumClaims, maximumClaims > 0, let deadLetterQueue, deadLetterQueue != queue else { return nil }
        return (maximumClaims, deadLetterQueue)
    }
}
