internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Removes the queue with all it holds. Deleting a queue that does not exist changes nothing.
    package func deleteQueue(_ key: QueueKey) async throws(OperationError) {
        try await operation(try await catalog.remove(key))
    }
}
