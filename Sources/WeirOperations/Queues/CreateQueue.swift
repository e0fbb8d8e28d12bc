internal import WeirCatalog
package import WeirDomain
package import WeirJSON
internal import WeirStorage

extension Operations {
    /// Creates the queue with these metadata; false if it exists, and then nothing of it changes. Of two callers
    /// that race, one creates it.
    package func createQueue(_ key: QueueKey, metadata: JSONObject) async throws(OperationError) -> Bool {
        do throws(MetadataFault) {
            try QueueMetadata.check(metadata, limits)
            try demandKey(toEncrypt: metadata, insteadOf: JSONObject())
        } catch {
            throw .invalidRequest(error.description)
        }
        do throws(CatalogError) {
            return try await catalog.create(key, metadata: metadata)
        } catch {
            throw OperationError(error)
        }
    }

    /// The route of the queue, which is created without metadata if it is missing.
    func routeCreatingQueue(_ key: QueueKey) async throws(OperationError) -> Route {
        for _ in 0..<Limits.routeAttempts {
            if let route = try await operation(try await catalog.route(for: key)) {
                return route
            }
            _ = try await createQueue(key, metadata: JSONObject())
        }
        throw .unavailable(.busy)
    }
}
