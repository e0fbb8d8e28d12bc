internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

/// Which messages of a queue a client wants to see.
package struct MessageListing: Sendable {
    /// From the link of an earlier page, or a message's id.
    package var marker: String?
    package var limit: Int?
    /// Show the client's own messages too.
    package var echo = false
    package var includeClaimed = false
    package var includeDelayed = false

    package init() {}

    /// Whether the marker is one, so that there may be messages after it.
    var hasPlace: Bool { Marker(marker) != nil }
}

extension Operations {
    /// Messages in the order in which they were posted. Nothing if there is no such queue or the marker is none.
    package func listMessages(
        in key: QueueKey, for client: ClientID, _ listing: MessageListing
    ) async throws(OperationError) -> Page<Message> {
        let limit = try pageSize(listing.limit, maximum: limits.messagesPerPage)
        guard let marker = Marker(listing.marker) else { return Page([]) { _ in "" } }
        let now = clock.now()
        let found = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                let filter = MessageFilter(
                    after: try await marker.position(driver, route.ref, now), limit: limit,
                    hiding: listing.echo ? nil : client, includeClaimed: listing.includeClaimed,
                    includeDelayed: listing.includeDelayed || !isDelayed(route.settings))
                return try await driver.list(filter, in: route.ref, now: now)
            })
        return Page(try opened(found ?? [], of: key)) { String($0.sequence.value) }
    }

    func isDelayed(_ settings: QueueSettings) -> Bool {
        settings.messageDelay != nil || limits.defaultMessageDelay > 0
    }
}

/// Where a page of messages starts.
private enum Marker {
    case after(MessageSequence)
    case afterMessage(MessageID)

    /// Nil if the text is neither of the two.
    init?(_ text: String?) {
        guard let text else {
            self = .after(.start)
            return
        }
        if let number = Int64(text), number >= 0 {
            self = .after(MessageSequence(number))
        } else if let id = MessageID(text) {
            self = .afterMessage(id)
        } else {
            return nil
        }
    }

    /// An id that names no message of this queue is taken at its word: what it says is either past the end, so
    /// that the page is empty, or the place of a message that is gone.
    func position(
        _ driver: any PoolDriver, _ queue: QueueRef, _ now: Timestamp
    ) async throws(StorageError) -> MessageSequence {
        switch self {
        case .after(let sequence): return sequence
        case .afterMessage(let id):
            let position = try await driver.position(of: id, in: queue, now: now)
            return position >= .start ? position : MessageSequence(.max)
        }
    }
}
