package import WeirDomain

/// Where a queue is, as this node last read it, and what its reserved metadata say.
package struct Route: Sendable {
    package let ref: QueueRef
    package let pool: PoolSlot
    package let settings: QueueSettings

    package init(ref: QueueRef, pool: PoolSlot, settings: QueueSettings) {
        self.ref = ref
        self.pool = pool
        self.settings = settings
    }
}
