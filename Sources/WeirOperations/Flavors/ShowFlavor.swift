internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    package func showFlavor(_ name: String, of project: ProjectID) async throws(OperationError) -> FlavorDetails {
        details(try await flavor(name, of: project))
    }

    private func flavor(_ name: String, of project: ProjectID) async throws(OperationError) -> Flavor {
        let found = try await operation(try await catalog.store.flavor(name, of: project))
        guard let found else { throw Self.noFlavor(name) }
        return found
    }
}
