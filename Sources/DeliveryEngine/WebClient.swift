internal import StoreThreads
package import WeirDomain

/// Sends requests to subscribers, by rules that keep them away from what is not public.
///
/// A name is looked up once for each request. Every address is judged, and the connection goes to an address that was
/// judged, and nowhere else: no redirect is followed, no proxy used, no name looked up again.
package final class WebClient: Sendable {
    private let thread: TransferThread
    private let names: any NameService
    private let rule: AddressRule
    private let own: @Sendable () async -> OwnPlaces
    private let authorities: String?

    /// - Parameters:
    ///   - concurrency: requests in flight at a time.
    ///   - own: where the service's own stores and ports are at this moment.
    ///   - authorities: a file of certificates to trust instead of the system's.
    package init(
        concurrency: Int, names: any NameService, rule: AddressRule, authorities: String? = nil,
        own: @escaping @Sendable () async -> OwnPlaces
    ) {
        thread = TransferThread(concurrency: concurrency)
        self.names = names
        self.rule = rule
        self.own = own
        self.authorities = authorities
    }

    /// The answer, whatever its status.
    package func send(_ request: WebRequest) async throws(DeliveryFailure) -> WebAnswer {
        let end = Instant.now.adding(milliseconds: Limits.deliveryMilliseconds)
        let places = try await places(for: request)
        var failure = "no address"
        for (index, place) in places.enumerated() {
            let left = Int(end.nanoseconds(since: .now) / 1_000_000)
            guard left > 0 else { throw .unreachable("no connection in time; \(failure)") }
            let order = TransferOrder(
                uri: request.address.text, kind: .post(headers: request.headers, body: request.body), place: place,
                connectMilliseconds: min(Limits.deliveryConnectMilliseconds, left / (places.count - index) + 1),
                totalMilliseconds: left, authorities: authorities)
            guard let outcome = await thread.run(order) else { throw .busy }
            guard let reason = outcome.failure else { return WebAnswer(status: outcome.status, body: outcome.body) }
            failure = reason
            if !outcome.neverConnected { break }
        }
        throw .unreachable(failure)
    }

    /// Where the request may go.
    private func places(for request: WebRequest) async throws(DeliveryFailure) -> [NetworkPlace] {
        let address = request.address
        let found: [IPAddress]
        switch address.host {
        case .address(let literal): found = [literal]
        case .name(let name): found = try await names.addresses(of: name, for: request.project)
        }
        let own = await own()
        var objection: String?
        var places: [NetworkPlace] = []
        for each in found {
            let place = NetworkPlace(address: each.unmapped, port: address.port)
            if let reason = self.objection(to: place, written: each, own) {
                objection = objection ?? reason
            } else {
                places.append(place)
            }
        }
        guard !places.isEmpty else {
            throw .refused("\(address.hostText) is not to be reached: \(objection ?? "it has no address")")
        }
        return Array(places.prefix(Limits.triedAddresses))
    }

    private func objection(to place: NetworkPlace, written: IPAddress, _ own: OwnPlaces) -> String? {
        if let kind = rule.objection(to: written) { return "its address is \(kind)" }
        if let kind = rule.objection(to: place.port, of: place.address) { return "it is \(kind)" }
        return own.contains(place) ? "it is a place of this service" : nil
    }

    /// Breaks off what is in flight, and takes no more.
    package func breakOff() {
        thread.breakOff()
    }

    /// Returns once nothing is in flight.
    package func shutdown() async {
        await thread.shutdown()
    }
}
