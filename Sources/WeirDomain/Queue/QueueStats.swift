/// What a queue holds at one moment. Expired messages are not counted.
package struct QueueStats: Hashable, Sendable {
    /// The oldest or newest message.
    package struct End: Hashable, Sendable {
        package let id: MessageID
        package let created: Timestamp

        package init(id: MessageID, created: Timestamp) {
            self.id = id
            self.created = created
        }
    }

    /// Messages in a live claim.
    package var claimed: Int
    /// All others, delayed ones included.
    package var free: Int
    package var oldest: End?
    package var newest: End?

    package init(claimed: Int, free: Int, oldest: End?, newest: End?) {
        self.claimed = claimed
        self.free = free
        self.oldest = oldest
        self.newest = newest
    }

    package static let empty = QueueStats(claimed: 0, free: 0, oldest: nil, newest: nil)

    /// Claimed and free messages together.
    package var total: Int { claimed + free }
}
