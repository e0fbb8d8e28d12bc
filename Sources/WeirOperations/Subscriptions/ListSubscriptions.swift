package import WeirDomain
internal import WeirStorage

extension Operations {
    /// The queue's subscriptions in the order of their ids, after this one; nothing if there is no such queue.
    package func listSubscriptions(
        of key: QueueKey, after id: String, limit: Int?
    ) async throws(OperationError) -> Page<Subscription> {
        let limit = try pageSize(limit, maximum: limits.subscriptionsPerPage)
        let found = try await operation(try await subscriptions.list(of: key, after: id, limit: limit))
        return Page(found) { $0.id }
    }
}
