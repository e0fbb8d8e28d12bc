package import WeirDomain

/// Finds the addresses of names.
package protocol NameService: Sendable {
    /// The addresses of the name, the best first. Does not hold a thread of the caller.
    /// - Parameter project: Who asks; nil for the service itself.
    /// - Throws: `busy` if the look-up did not get its turn in time.
    func addresses(of name: String, for project: ProjectID?) async throws(DeliveryFailure) -> [IPAddress]
}
