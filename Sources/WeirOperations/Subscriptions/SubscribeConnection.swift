internal import WeirCatalog
package import WeirDomain
package import WeirJSON
internal import WeirStorage

extension Subscription {
    /// What the subscriber of a connection begins with. No request can name such a one.
    static let connectionScheme = "websocket:"
}

extension Operations {
    /// Subscribes a connection to the queue, which is created if it is missing. It needs no confirmation: the connection
    /// has asked for it itself. Whoever serves the connection hands on the messages, and removes the subscription at its
    /// end.
    ///
    /// - Parameters:
    ///   - connection: An id that no other connection has.
    ///   - request: May have a ttl and options.
    package func subscribe(
        connection: String, _ request: JSONObject, to key: QueueKey
    ) async throws(OperationError) -> Subscription {
        let isMarked = try await routeCreatingQueue(key).settings.hasSubscriptions
        let draft = try SubscriptionDraft(request)
        try draft.check(limits)
        if !isMarked { _ = try await operation(try await catalog.markSubscribed(key)) }
        let subscriber = Subscription.connectionScheme + connection
        var subscription = try await subscription(of: subscriber, draft, to: key)
        subscription.isConfirmed = true
        let isStored = try await operation(steps: { [subscription] () async throws(StorageError) in
            let holder = try await subscriptions.take(
                subscriber, for: subscription.id, of: key, until: subscription.expires)
            guard holder == nil else { return false }
            return try await store(subscription)
        })
        guard isStored else { throw Self.isSubscribed }
        try await announce(key)
        return subscription
    }
}
