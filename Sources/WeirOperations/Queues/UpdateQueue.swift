internal import WeirCatalog
package import WeirDomain
package import WeirJSON

extension Operations {
    /// Applies the patch to the queue's metadata, all of it or nothing, and returns them completed by the defaults.
    /// Of two callers that race, the later one sees what the earlier one wrote.
    package func updateQueue(
        _ key: QueueKey, _ patch: [MetadataPatch]
    ) async throws(OperationError) -> JSONObject {
        let changed = try await catalog.changeMetadata(
            of: key, failed: Self.patchFailure
        ) { metadata throws(OperationError) in
            var metadata = metadata
            for step in patch { try step.apply(to: &metadata) }
            do throws(MetadataFault) {
                try QueueMetadata.check(metadata, limits)
            } catch {
                throw .invalidBody(error.description)
            }
            return metadata
        }
        guard let changed else { throw .notFound("Queue '\(key.name.value)' does not exist.") }
        return QueueMetadata.completed(changed, limits)
    }

    private static func patchFailure(_ error: CatalogError) -> OperationError {
        guard case .unknownFlavor(let name) = error else { return OperationError(error) }
        return .notFound("_flavor: there is no flavor named '\(name)'.")
    }
}

/// One step of a JSON patch on metadata (API section 3.5).
package enum MetadataPatch: Sendable {
    case add(String, JSONValue)
    case replace(String, JSONValue)
    case remove(String)

    func apply(to metadata: inout JSONObject) throws(OperationError) {
        switch self {
        case .add(let key, let value):
            metadata[key] = value
        case .replace(let key, let value):
            try demand(key, in: metadata, for: "replace")
            metadata[key] = value
        case .remove(let key):
            try demand(key, in: metadata, for: "remove")
            metadata[key] = nil
        }
    }

    private func demand(_ key: String, in metadata: JSONObject, for name: String) throws(OperationError) {
        guard metadata[key] != nil || QueueMetadata.reserved.contains(key) else {
            throw .conflict("/metadata/\(key): cannot \(name) what is not there.")
        }
    }
}
