package import WeirJSON

/// A pool as a file declares it. What a file leaves out stays as it is.
package struct PoolDeclaration: Hashable {
    package var name: String
    package var uri: String
    package var weight: Int
    /// Empty: none.
    package var flavor: String?
    package var options: JSONObject?
}

/// A flavor as a file declares it. The description is for readers of the file.
package struct FlavorDeclaration: Hashable {
    package var name: String
    /// Nil: every pool that has the capabilities.
    package var pools: [String]?
    /// In the API's order.
    package var capabilities: [String]
}

/// What files declare, taken together.
package struct Declaration: Hashable {
    package private(set) var pools: [PoolDeclaration] = []
    package private(set) var flavors: [FlavorDeclaration] = []

    package init() {}

    /// - Parameter place: Where it stands, for a message. Throws if the name is taken.
    mutating func add(_ pool: PoolDeclaration, at place: String) throws(AdminFailure) {
        guard !pools.contains(where: { $0.name == pool.name }) else {
            throw .badInput("\(place): pool '\(pool.name)' is declared twice")
        }
        pools.append(pool)
    }

    /// - Parameter place: Where it stands, for a message. Throws if the name is taken.
    mutating func add(_ flavor: FlavorDeclaration, at place: String) throws(AdminFailure) {
        guard !flavors.contains(where: { $0.name == flavor.name }) else {
            throw .badInput("\(place): flavor '\(flavor.name)' is declared twice")
        }
        flavors.append(flavor)
    }

    /// Throws if pools and flavors contradict each other: a pool belongs to one flavor.
    package func demandConsistency() throws(AdminFailure) {
        var owners: [String: String] = [:]
        for flavor in flavors {
            for pool in flavor.pools ?? [] {
                if let other = owners[pool], other != flavor.name {
                    throw .badInput("pool '\(pool)' is listed by two flavors, '\(other)' and '\(flavor.name)'")
                }
                owners[pool] = flavor.name
            }
        }
        for pool in pools {
            guard let named = pool.flavor else { continue }
            if let owner = owners[pool.name], owner != named {
                throw .badInput("pool '\(pool.name)' names flavor '\(named)', but flavor '\(owner)' lists it")
            }
            let lists = flavors.contains { $0.name == named && $0.pools != nil }
            if lists && owners[pool.name] == nil {
                throw .badInput("pool '\(pool.name)' names flavor '\(named)', whose pool_list leaves it out")
            }
        }
    }
}
