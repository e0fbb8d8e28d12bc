/// One storage back end, as the operator registered it. Pools belong to no project.
package struct Pool: Hashable, Sendable {
    package var name: String
    /// With its password; see `PoolURI.redacted` for what may be shown.
    package var uri: String
    /// Share of the new queues, relative to the other pools' weights; 0 takes none.
    package var weight: Int
    /// The name of the flavor the pool belongs to. Nil or empty: none.
    package var flavor: String?
    /// The driver's options: the text of a JSON object.
    package var options: [UInt8]
    package var state: PoolState

    package init(
        name: String, uri: String, weight: Int, flavor: String? = nil, options: [UInt8] = Array("{}".utf8),
        state: PoolState = .open
    ) {
        self.name = name
        self.uri = uri
        self.weight = weight
        self.flavor = flavor
        self.options = options
        self.state = state
    }

    /// The flavor it belongs to, an empty name counting as none.
    package var flavorName: String? {
        flavor.flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// What the operator wants of a pool, or is on the way to it.
package enum PoolState: String, Hashable, Sendable {
    /// Takes new queues according to its weight.
    case open
    /// Takes none.
    case draining
    /// Takes none yet: it is new, or has got another store, and nodes may not have read that. It becomes open by itself.
    case opening

    /// Those that an operator may ask for.
    package static let wanted: [PoolState] = [.open, .draining]
}
