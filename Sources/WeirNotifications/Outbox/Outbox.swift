package import WeirCatalog
package import WeirDomain
internal import WeirOperations
package import WeirStorage

/// Where posts leave word of what subscribers have to be told. Each pool has an outbox of its own, which lies in that
/// pool: what happens to one keeps no other from being served.
package struct Outbox: PostEvents {
    package let catalog: Catalog
    package let bells: Doorbells

    package init(catalog: Catalog, bells: Doorbells) {
        self.catalog = catalog
        self.bells = bells
    }

    package func posted(_ messages: [AnnouncedMessage], to queue: QueueKey) async throws(StorageError) {
        try await announce(.messages(messages), about: queue)
    }

    /// Leaves word in the outbox of the pool that holds the queue.
    package func announce(_ content: Announcement.Content, about queue: QueueKey) async throws(StorageError) {
        guard let pool = try await catalog.route(for: queue)?.pool.name, let name = OutboxNames.outbox(ofPool: pool) else {
            return
        }
        let announcement = Announcement(queue: queue, posted: catalog.clock.now(), content: content)
        _ = try await HiddenQueue(.outbox, name, home: pool, catalog: catalog)
            .post([announcement.bytes], ttl: Limits.outboxSeconds)
        bells.ring(name)
    }
}
