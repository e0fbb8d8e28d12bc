internal import WeirCatalog
package import WeirDomain
package import WeirJSON

extension Operations {
    /// Applies the patch to the queue's metadata, all of it or nothing, and returns them completed by the defaults.
    /// Of two callers that race, the later one sees what the earlier one wrote. A queue that gets a flavor which its pool
    /// does not serve is moved, if the operator wants that.
    package func updateQueue(
        _ key: QueueKey, _ patch: [MetadataPatch], by actor: ProjectID
    ) async throws(OperationError) -> JSONObject {
        do throws(PatchFailure) {
            return try await change(key, patch)
        } catch .catalog(.flavorNotServed(let flavor, let pool, let missing)) {
            guard movesOnFlavorChange else {
                throw OperationError(.flavorNotServed(flavor: flavor, pool: pool, missing: missing))
            }
            return try await move(key, toFlavor: flavor, with: patch, by: actor)
        } catch {
            throw error.error
        }
    }

    /// - Parameter target: The name of the pool that a migration takes the queue to.
    func change(
        _ key: QueueKey, _ patch: [MetadataPatch], goingTo target: String? = nil
    ) async throws(PatchFailure) -> JSONObject {
        let changed = try await catalog.changeMetadata(
            of: key, goingTo: target, failed: { PatchFailure.catalog($0) }
        ) { metadata throws(PatchFailure) in
            do throws(OperationError) {
                return try patched(metadata, patch)
            } catch {
                throw .refused(error)
            }
        }
        guard let changed else { throw .refused(.notFound("Queue '\(key.name.value)' does not exist.")) }
        return QueueMetadata.completed(changed, of: key.project, limits)
    }

    private func patched(_ metadata: JSONObject, _ patch: [MetadataPatch]) throws(OperationError) -> JSONObject {
        let former = metadata
        var metadata = metadata
        for step in patch { try step.apply(to: &metadata) }
        do throws(MetadataFault) {
            try QueueMetadata.check(metadata, limits)
            try demandKey(toEncrypt: metadata, insteadOf: former)
        } catch {
            throw .invalidBody(error.description)
        }
        return metadata
    }
}

/// Why metadata were not changed.
enum PatchFailure: Error {
    case refused(OperationError)
    case catalog(CatalogError)

    var error: OperationError {
        switch self {
        case .refused(let error): error
        case .catalog(.unknownFlavor(let name)): .notFound("_flavor: there is no flavor named '\(name)'.")
        case .catalog(let error): OperationError(error)
        }
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
