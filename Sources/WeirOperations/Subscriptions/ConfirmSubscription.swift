package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Notes whether the subscriber wants the subscription (API section 7.6).
    package func confirmSubscription(
        _ id: String, of key: QueueKey, _ isConfirmed: Bool
    ) async throws(OperationError) {
        for attempt in 0..<Limits.changeAttempts {
            await clock.giveWay(before: attempt)
            var stored = try await storedSubscription(id, of: key)
            stored.subscription.isConfirmed = isConfirmed
            let changed = stored
            let isDone = try await operation(try await subscriptions.replace(changed))
            guard isDone else { continue }
            if !isConfirmed { await subscriptionEvents?.unconfirmed(changed.subscription) }
            return
        }
        throw .unavailable(.busy)
    }
}
