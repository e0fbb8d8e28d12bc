internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Removes the subscription. Deleting one that does not exist changes nothing.
    package func deleteSubscription(_ id: String, of key: QueueKey) async throws(OperationError) {
        try await operation(steps: { () async throws(StorageError) in
            guard let stored = try await subscriptions.find(id, of: key) else { return }
            try await subscriptions.remove(stored.subscription)
            try await deliveries.forget(id, in: key)
            try await catalog.unmarkUnsubscribed(key)
        })
    }
}
