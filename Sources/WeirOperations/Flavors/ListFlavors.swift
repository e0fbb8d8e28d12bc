internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// The project's flavors in byte order of their names.
    package func listFlavors(
        of project: ProjectID, after marker: String, limit: Int?
    ) async throws(OperationError) -> Page<FlavorDetails> {
        let limit = try pageSize(limit, maximum: limits.flavorsPerPage)
        let found = try await operation(try await catalog.store.flavors(of: project, after: marker, limit: limit))
        return Page(found.map(details)) { $0.flavor.name }
    }
}
