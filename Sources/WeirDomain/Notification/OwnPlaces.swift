/// An address and a port.
package struct NetworkPlace: Hashable, Sendable {
    package let address: IPAddress
    package let port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }
}

/// Where the service itself and its stores are reached: no request of a subscriber goes there, whatever addresses the
/// operator allows.
package struct OwnPlaces: Hashable, Sendable {
    private var places: Set<NetworkPlace> = []
    /// Ports on which something of the service listens on this machine, under whichever of its addresses.
    private var localPorts: Set<UInt16> = []
    private let machine: Set<IPAddress>

    /// - Parameter machine: the addresses of this machine's network interfaces.
    package init(machine: Set<IPAddress>) {
        self.machine = Set(machine.map(\.unmapped))
    }

    /// Adds a place. One on this machine stands for its port under every address of the machine.
    package mutating func insert(_ place: NetworkPlace) {
        let address = place.address.unmapped
        places.insert(NetworkPlace(address: address, port: place.port))
        if isOfThisMachine(address) { localPorts.insert(place.port) }
    }

    /// Whether a connection to this place would reach the service or a store.
    package func contains(_ place: NetworkPlace) -> Bool {
        let address = place.address.unmapped
        return places.contains(NetworkPlace(address: address, port: place.port))
            || localPorts.contains(place.port) && isOfThisMachine(address)
    }

    private func isOfThisMachine(_ address: IPAddress) -> Bool {
        switch address {
        // The unspecified address is every one of this machine.
        case .v4(let bits) where bits >> 24 == 127 || bits == 0: true
        case .v6(0, 0), .v6(0, 1): true
        default: machine.contains(address)
        }
    }
}
