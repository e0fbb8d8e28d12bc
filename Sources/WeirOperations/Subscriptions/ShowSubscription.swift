package import WeirDomain
internal import WeirStorage

extension Operations {
    package func showSubscription(_ id: String, of key: QueueKey) async throws(OperationError) -> Subscription {
        try await storedSubscription(id, of: key).subscription
    }

    func storedSubscription(_ id: String, of key: QueueKey) async throws(OperationError) -> StoredSubscription {
        let stored = try await operation(try await subscriptions.find(id, of: key))
        guard let stored else {
            throw .notFound("Subscription '\(id.prefix(64))' of '\(key.name.value)' does not exist.")
        }
        return stored
    }
}
