package import Logging
internal import WeirCatalog
package import WeirDomain
internal import WeirJSON
internal import WeirOperations
internal import WeirStorage

/// What the notifier of one node is made of.
package struct NotifierNode: Sendable {
    package let id: String
    package let vault: Vault
    package let bells: Doorbells
    package let courier: Courier
    package let allowance: Allowance
    package let room: WaitingRoom
    package let counters: DeliveryCounters
    package let clock: any WeirClock
    package let log: NotifierLog
    /// Whether only subscriptions that were confirmed are told of messages.
    package let demandsConfirmation: Bool

    package init(
        id: String, vault: Vault, bells: Doorbells, courier: Courier, allowance: Allowance,
        counters: DeliveryCounters, clock: any WeirClock, demandsConfirmation: Bool, logger: Logger
    ) {
        self.id = id
        self.vault = vault
        self.bells = bells
        self.courier = courier
        self.allowance = allowance
        self.counters = counters
        room = WaitingRoom(counters)
        self.clock = clock
        self.demandsConfirmation = demandsConfirmation
        log = NotifierLog(logger, clock: clock)
    }

    var catalog: Catalog { vault.catalog }

    // MARK: Subscriptions

    /// The subscriptions of the queue as they are now, behind this id; an empty one begins at the first.
    func audience(of queue: QueueKey, after id: String) async throws(StorageError) -> AudiencePage {
        let read = clock.now()
        let policy = try await policy(of: queue)
        let limit = Limits.subscriptionsPerRead
        let found = try await catalog.store.documents(
            .subscription, of: queue.project, in: queue.name.value, after: id, limit: limit, now: read)
        return AudiencePage(
            recipients: found.compactMap { Subscription($0) }.map { Recipient($0, policy: policy) }, read: read,
            end: found.count == limit ? found.last?.key.name : nil)
    }

    /// One of them; nil if it is gone.
    func recipient(_ id: String, of queue: QueueKey) async throws(StorageError) -> Recipient? {
        let key = Subscription.key(id, of: queue)
        guard let document = try await catalog.store.document(key, now: clock.now()),
            let subscription = Subscription(document)
        else { return nil }
        return Recipient(subscription, policy: try await policy(of: queue))
    }

    private func policy(of queue: QueueKey) async throws(StorageError) -> RetryPlan? {
        try await catalog.store.queue(queue)?.metadataObject["_retry_policy"].flatMap { RetryPlan($0) }
    }
}
