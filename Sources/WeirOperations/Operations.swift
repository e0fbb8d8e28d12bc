package import Logging
package import WeirCatalog
package import WeirDomain

/// What the service can do: each operation is a method, in a file named after it. Rules and limits live here,
/// the same for every way in.
package struct Operations: Sendable {
    package let catalog: Catalog
    package let limits: ServiceLimits
    package let clock: any WeirClock
    let logger: Logger

    package init(catalog: Catalog, limits: ServiceLimits, clock: any WeirClock, logger: Logger) {
        self.catalog = catalog
        self.limits = limits
        self.clock = clock
        self.logger = logger
    }
}
