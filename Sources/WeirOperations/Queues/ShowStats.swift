internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// What the queue holds; nothing if there is no such queue.
    package func queueStats(_ key: QueueKey) async throws(OperationError) -> QueueStats {
        let now = clock.now()
        return try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                try await driver.stats(of: route.ref, now: now)
            }) ?? .empty
    }
}
