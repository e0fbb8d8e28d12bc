internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Removes all subscriptions of the queue, in bounded steps.
    package func purgeSubscriptions(of key: QueueKey) async throws(OperationError) {
        try await operation(steps: { () async throws(StorageError) in
            var last = ""
            while true {
                let page = try await subscriptions.list(
                    of: key, after: last, limit: Limits.subscriptionsPurgedPerStep)
                guard let end = page.last else { break }
                for subscription in page {
                    try await subscriptions.remove(subscription)
                    try await deliveries.forget(subscription.id, in: key)
                }
                last = end.id
            }
            try await catalog.unmarkUnsubscribed(key)
        })
    }
}
