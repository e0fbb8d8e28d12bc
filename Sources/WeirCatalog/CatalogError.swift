package import WeirDomain
package import WeirStorage

/// Why the catalog did not do what it was asked.
package enum CatalogError: Error, Hashable, Sendable {
    case storage(StorageError)
    /// The project has no flavor of this name.
    case unknownFlavor(String)
    /// No pool takes the queue: with the name of its flavor, if it has one.
    case noPool(flavor: String?)
    /// The pool that holds the queue lacks what the flavor requires or is not among its pools.
    case flavorNotServed(flavor: String, pool: String, missing: CapabilitySet)
    /// The queue was changed again and again while this change was tried.
    case contended
}
