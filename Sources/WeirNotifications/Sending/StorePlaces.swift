package import DeliveryEngine
internal import Synchronization
package import WeirCatalog
package import WeirDomain

/// Where this service and its stores are reached at this moment.
package final class StorePlaces: Sendable {
    private struct Known {
        var places: OwnPlaces
        var uris: Set<String> = []
        var until = Timestamp(milliseconds: 0)
        /// URIs of stores that are no pools, and of places such as `weir://host:port` of the service itself.
        var others: [String] = []
    }

    private let known: Mutex<Known>
    private let catalog: Catalog
    private let names: any NameService
    package init(
        catalog: Catalog, names: any NameService, others: [String], machine: Set<IPAddress>
    ) {
        known = Mutex(Known(places: OwnPlaces(machine: machine), others: others))
        self.catalog = catalog
        self.names = names
    }

    /// Adds a place of the service itself.
    package func insert(host: String, port: Int) {
        known.withLock { $0.others.append("weir://\(host.contains(":") ? "[\(host)]" : host):\(port)") }
    }

    /// Read again every few seconds, and whenever there is another pool.
    package func now() async -> OwnPlaces {
        let uris = Set(catalog.pools.pools.map(\.pool.uri) + known.withLock { $0.others })
        let time = catalog.clock.now()
        let current = known.withLock { known in
            known.uris == uris && time < known.until ? known.places : nil
        }
        if let current { return current }
        var places = known.withLock { $0.places }
        for uri in uris {
            for (host, port) in StoreHosts.of(uri) {
                for address in await addresses(of: host) {
                    places.insert(NetworkPlace(address: address, port: port))
                }
            }
        }
        // What was a store's place remains one: nothing is lost by that.
        known.withLock { [places] known in
            (known.places, known.uris, known.until) = (places, uris, time.adding(seconds: 5))
        }
        return places
    }

    /// A name that is not found now keeps the addresses that it had.
    private func addresses(of host: String) async -> [IPAddress] {
        if let literal = IPAddress(host) { return [literal] }
        return (try? await names.addresses(of: host, for: nil)) ?? []
    }
}

/// Hosts and ports in the URIs of stores.
package enum StoreHosts {
    private static let ports: [(prefix: String, port: UInt16)] = [
        ("redis+sentinel", 26379), ("redis", 6379), ("mongodb", 27017), ("weir", 8888),
    ]

    /// Those that the URI names. None for files and sockets.
    package static func of(_ uri: String) -> [(host: String, port: UInt16)] {
        guard let colon = uri.firstIndex(of: ":"), uri[colon...].hasPrefix("://") else { return [] }
        let scheme = uri[..<colon].lowercased()
        guard let standard = ports.first(where: { scheme.hasPrefix($0.prefix) })?.port else { return [] }
        let authority = uri[colon...].dropFirst(3).prefix { !"/?#".contains($0) }
        let hosts = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        return hosts.split(separator: ",").map { text in
            let end = text.hasPrefix("[") ? text.firstIndex(of: "]") ?? text.endIndex : text.startIndex
            let portMark = text[end...].lastIndex(of: ":")
            let port = portMark.flatMap { UInt16(text[text.index(after: $0)...]) } ?? standard
            return (text[..<(portMark ?? text.endIndex)].filter { $0 != "[" && $0 != "]" }.lowercased(), port)
        }
    }
}
