internal import WeirCatalog
package import WeirDomain
package import WeirJSON

extension Operations {
    /// Replaces the queue's metadata. Reserved keys are not to be set this way, and those that are set stay: who cannot
    /// name them must not take a queue's encryption or its dead letter queue away.
    package func replaceMetadata(_ key: QueueKey, _ metadata: JSONObject) async throws(OperationError) {
        if let reserved = metadata.names.first(where: { $0.hasPrefix("_") }) {
            throw .invalidRequest("\(reserved.prefix(64)): keys that begin with an underscore are reserved.")
        }
        do throws(MetadataFault) {
            try QueueMetadata.check(metadata, limits)
        } catch {
            throw .invalidRequest(error.description)
        }
        let replaced = try await catalog.changeMetadata(of: key, failed: OperationError.init) {
            present throws(OperationError) in
            var replaced = JSONObject(present.filter { $0.name.hasPrefix("_") })
            for (name, value) in metadata { replaced[name] = value }
            return replaced
        }
        guard replaced != nil else { throw .notFound("Queue '\(key.name.value)' does not exist.") }
    }
}
