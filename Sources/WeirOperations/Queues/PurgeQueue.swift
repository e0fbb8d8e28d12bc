internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Deletes all messages that the queue holds now and nobody has claimed. Those posted meanwhile stay. It works
    /// in bounded steps, so other operations go on in between.
    package func purgeQueue(_ key: QueueKey) async throws(OperationError) {
        let last = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                try await driver.lastSequence(of: route.ref)
            })
        guard let last else { return }
        var isDone = false
        while !isDone {
            let now = clock.now()
            let purged = try await operation(
                try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                    try await driver.purge(through: last, limit: Limits.purgedPerStep, in: route.ref, now: now)
                })
            isDone = (purged ?? 0) < Limits.purgedPerStep
        }
    }
}
