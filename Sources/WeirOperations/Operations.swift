package import Logging
package import WeirCatalog
package import WeirDomain
package import WeirMigration

/// What the service can do: each operation is a method, in a file named after it. Rules and limits live here,
/// the same for every way in.
// A class, since every request would copy a structure of this size.
package final class Operations: Sendable {
    package let catalog: Catalog
    package let limits: ServiceLimits
    package let clock: any WeirClock
    /// What this node's workers have moved.
    package let moves: MigrationCounters
    /// Those that wait for messages on this node.
    package let signals: QueueSignals
    /// Signs and verifies pre-signed access.
    package let signer: URLSigner
    /// Seals and opens the bodies of messages.
    package let cipher: BodyCipher
    /// Whether a queue is moved when it gets a flavor that its pool does not serve; otherwise that is refused.
    let movesOnFlavorChange: Bool
    /// Tells subscribers of messages.
    package let deliveries: any Deliveries
    /// Nil if nobody has to hear of them.
    let subscriptionEvents: (any SubscriptionEvents)?
    let logger: Logger

    package init(
        catalog: Catalog, limits: ServiceLimits, clock: any WeirClock, moves: MigrationCounters = MigrationCounters(),
        movesOnFlavorChange: Bool = true, signer: URLSigner = .none, cipher: BodyCipher = .none,
        deliveries: any Deliveries = NoDeliveries(),
        subscriptionEvents: (any SubscriptionEvents)? = nil,
        logger: Logger
    ) {
        self.catalog = catalog
        self.limits = limits
        self.moves = moves
        self.movesOnFlavorChange = movesOnFlavorChange
        self.signer = signer
        self.cipher = cipher
        self.deliveries = deliveries
        self.clock = clock
        self.subscriptionEvents = subscriptionEvents
        signals = QueueSignals(clock: clock)
        self.logger = logger
    }

    var subscriptions: SubscriptionBook { SubscriptionBook(store: catalog.store, clock: clock) }
}
