internal import WeirDomain
internal import WeirStorage

/// Some of the subscriptions of a queue, in the order of their ids.
struct AudiencePage: Sendable {
    let recipients: [Recipient]
    /// When they were read.
    let read: Timestamp
    /// Behind which the next page begins; nil if there is none.
    let end: String?
}

/// Reads the subscriptions of queues, and remembers for a moment what it has read: entries that follow one another are
/// mostly about the same queues.
struct AudienceReader {
    private struct Place: Hashable {
        let queue: QueueKey
        let after: String
    }

    private let node: NotifierNode
    private var pages: [Place: AudiencePage] = [:]
    private var remembered = 0

    init(_ node: NotifierNode) {
        self.node = node
    }

    mutating func page(of queue: QueueKey, after: String) async throws(StorageError) -> AudiencePage {
        let place = Place(queue: queue, after: after)
        let now = node.clock.now()
        if let page = pages[place], now.milliseconds - page.read.milliseconds < Limits.recipientMilliseconds { return page }
        let page = try await node.audience(of: queue, after: after)
        remembered += page.recipients.count
        if remembered > Limits.rememberedRecipients { (pages, remembered) = ([:], page.recipients.count) }
        pages[place] = page
        return page
    }
}
