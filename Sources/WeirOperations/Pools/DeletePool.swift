internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Removes the pool. Removing one that does not exist changes nothing. Callers that know nothing of flavors may
    /// remove the last one of a flavor, which is taken off it first.
    package func deletePool(
        _ name: String, of project: ProjectID, evenLastOfFlavor: Bool = false
    ) async throws(OperationError) {
        switch try await removePool(name, of: project) {
        case .removed: return
        case .holdsQueues(let count):
            throw .deletionForbidden("pool '\(name)' holds \(count) queue\(count == 1 ? "" : "s").")
        case .movesQueues(let count):
            throw .deletionForbidden(
                "pool '\(name)' takes part in \(count) migration\(count == 1 ? "" : "s") not over yet.")
        case .lastOfFlavor where evenLastOfFlavor:
            var change = PoolChange()
            change.flavor = ""
            _ = try await patchPool(name, change, of: project)
            try await deletePool(name, of: project)
        case .lastOfFlavor(let flavor):
            throw .deletionForbidden("pool '\(name)' is the last one of flavor '\(flavor)'.")
        }
    }

    private func removePool(_ name: String, of project: ProjectID) async throws(OperationError) -> PoolRemoval {
        try await catalog.pools.inTurn { () async throws(OperationError) in
            guard let slot = try await findPresentPool(name) else { return .removed }
            let isToRetire = try await operation(try await catalog.isToRetire(in: name))
            guard !isToRetire else {
                throw .deletionForbidden(
                    "pool '\(name)' has not been told yet of queues that were deleted; it has to be reached for that.")
            }
            let entry = note("pool.remove", name, by: project, before: slot.pool.described, after: nil)
            return try await operation(try await catalog.pools.remove(name, noting: entry))
        }
    }
}
