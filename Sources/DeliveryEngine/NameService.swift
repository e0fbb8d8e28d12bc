package import WeirDomain

/// Finds the addresses of names.
package protocol NameService: Sendable {
    /// The addresses of the name, the best first. Does not hold a thread of the caller.
    func addresses(of name: String) async throws(DeliveryFailure) -> [IPAddress]
}
