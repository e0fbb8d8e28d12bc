package import WeirDomain
internal import WeirStorage

extension Operations {
    /// What was given up of the subscription, behind this one of them; an empty marker, or one that is none, begins at the
    /// oldest.
    package func listFailures(
        of id: String, in queue: QueueKey, after marker: String?, limit: Int?
    ) async throws(OperationError) -> Page<FailedDelivery> {
        let limit = limit ?? Limits.defaultPageSize
        guard (1...Limits.failuresPerPage).contains(limit) else {
            throw .invalidRequest("limit: \(limit) is out of range; it may be 1 to \(Limits.failuresPerPage).")
        }
        _ = try await showSubscription(id, of: queue)
        let found = try await operation(
            try await deliveries.failures(of: id, in: queue, after: marker.flatMap(MessageID.init), limit: limit))
        return Page(found) { $0.id.text }
    }

    /// Begins all that was given up of the subscription anew, and says how many deliveries those are.
    package func redriveFailures(of id: String, in queue: QueueKey) async throws(OperationError) -> Int {
        _ = try await showSubscription(id, of: queue)
        return try await operation(try await deliveries.redrive(id, in: queue))
    }
}
