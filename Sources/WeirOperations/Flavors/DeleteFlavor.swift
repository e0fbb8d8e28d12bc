internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Removes the flavor and takes its name off its pools. Queues that were created with it stay where they are.
    package func deleteFlavor(_ name: String, of project: ProjectID) async throws(OperationError) {
        try await catalog.pools.inTurn { () async throws(OperationError) in
            try await operation(steps: { () async throws(StorageError) in
                let present = try await catalog.store.flavor(name, of: project)
                let entry = note(
                    "flavor.remove", name, by: project, before: present?.described(pools: nil), after: nil)
                try await catalog.store.removeFlavor(name, of: project, noting: entry)
                try await catalog.pools.follow()
            })
        }
    }
}
