internal import WeirCatalog
package import WeirDomain
package import WeirOperations
package import WeirStorage

/// Where posts leave word of what subscribers have to be told. Each pool has an outbox of its own, which lies in that
/// pool: what happens to one keeps no other from being served.
package struct Outbox: Deliveries {
    private let vault: Vault
    private let bells: Doorbells
    private let counters: DeliveryCounters

    package init(_ vault: Vault, bells: Doorbells, counters: DeliveryCounters) {
        self.vault = vault
        self.bells = bells
        self.counters = counters
    }

    private var catalog: Catalog { vault.catalog }

    package var figures: DeliveryFigures? { counters.figures }

    package func prepare(for queue: QueueKey) async throws(StorageError) {
        try await outbox(of: queue)?.make()
    }

    package func posted(_ messages: [AnnouncedMessage], to queue: QueueKey) async throws(StorageError) {
        try await announce(.messages(messages), about: queue)
    }

    /// Leaves word in the outbox of the pool that holds the queue.
    func announce(_ content: Announcement.Content, about queue: QueueKey) async throws(StorageError) {
        let announcement = Announcement(queue: queue, posted: catalog.clock.now(), content: content)
        guard let outbox = try await outbox(of: queue) else { return }
        _ = try await outbox.post([announcement.bytes], ttl: Limits.outboxSeconds)
        bells.ring(outbox.key.name)
    }

    private func outbox(of queue: QueueKey) async throws(StorageError) -> HiddenQueue? {
        let home = try await home(of: queue)
        return OutboxNames.outbox(ofPool: home).map { HiddenQueue(.outbox, $0, home: home, in: vault) }
    }

    /// The pool of the queue. One that is gone may have subscriptions that are waited for: then any pool will do.
    private func home(of queue: QueueKey) async throws(StorageError) -> String {
        if let pool = try await catalog.route(for: queue)?.pool.name { return pool }
        guard let any = catalog.pools.pools.first?.name else { throw .unavailable("there is no pool") }
        return any
    }

    // MARK: Failures

    /// For reading: nothing is created by it.
    private func list(_ subscription: String, _ queue: QueueKey) -> FailureList? {
        FailureList(of: subscription, about: queue, home: "", in: vault)
    }

    package func failures(
        of subscription: String, in queue: QueueKey, after marker: MessageID?, limit: Int
    ) async throws(StorageError) -> [FailedDelivery] {
        let found = try await list(subscription, queue)?.list(after: marker, limit: limit) ?? []
        return found.map { failure in
            FailedDelivery(
                id: failure.id, failed: failure.failed, attempts: failure.entry.failures,
                reason: failure.entry.reason ?? "", status: failure.entry.status, payload: failure.entry.parcel.payload)
        }
    }

    /// Those that are given up meanwhile are left for the next time: some of them may be these once more.
    package func redrive(_ subscription: String, in queue: QueueKey) async throws(StorageError) -> Int {
        guard let list = list(subscription, queue) else { return 0 }
        let last = try await list.queue.lastSequence()
        var count = 0
        while count < Limits.failedDeliveries {
            let found = try await list.list(after: nil, limit: Limits.parcelsPerWrite).prefix { $0.id.sequence <= last }
            // One entry of the outbox, which any store takes.
            let page = found.piece { $0.entry.parcel.payload.count }
            guard !page.isEmpty else { break }
            // In this order: what is announced and not removed is delivered twice, which subscribers can tell by its id.
            try await announce(.parcels(page.map(\.entry.parcel), subscription: subscription), about: queue)
            try await list.remove(Array(page))
            count += page.count
        }
        return count
    }

    /// What waits for another attempt goes too, in whichever pool the queue was when that was posted.
    package func forget(_ subscription: String, in queue: QueueKey) async throws(StorageError) {
        try await list(subscription, queue)?.queue.remove()
        for outbox in try await catalog.store.outboxes() {
            guard let name = OutboxNames.backlog(subscription, of: outbox.key.name) else { continue }
            try await HiddenQueue(.backlog, name, home: "", in: vault).remove()
        }
    }
}
