internal import WeirCatalog
package import WeirDomain
package import WeirStorage

extension Operations {
    /// The drivers of this build.
    package var drivers: [DriverRegistration] { catalog.pools.registry.drivers }

    /// The pool that this node last used for the queue, without asking anybody: for the log.
    package func knownPool(of key: QueueKey) -> String? {
        catalog.knownRoute(for: key)?.pool.name
    }
}
