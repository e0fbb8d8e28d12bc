internal import WeirCatalog
package import WeirDomain

/// A flavor, the pools that serve it, and what can be relied on in all of them.
package struct FlavorDetails: Sendable {
    package let flavor: Flavor
    package let pools: [String]
    package let capabilities: CapabilitySet
}

extension Operations {
    /// The capabilities are what it requires, or, if it requires none, what all its pools have.
    func details(_ flavor: Flavor) -> FlavorDetails {
        let serving = catalog.pools.pools.filter { slot in
            flavor.admits(slot.pool) && slot.capabilities.missing(from: flavor.required).isEmpty
        }
        var capabilities = flavor.required
        if capabilities.isEmpty, !serving.isEmpty {
            let common = Capability.allCases.filter { each in serving.allSatisfy { $0.capabilities.contains(each) } }
            capabilities = CapabilitySet(common)
        }
        return FlavorDetails(flavor: flavor, pools: serving.map(\.pool.name), capabilities: capabilities)
    }

    static func noFlavor(_ name: String) -> OperationError { .notFound("Flavor '\(name)' does not exist.") }
}
