internal import WeirCatalog
package import WeirDomain
package import WeirJSON
internal import WeirStorage

extension Operations {
    /// Subscribes to the queue, which is created if it is missing, before the request is looked at (API section 7.2).
    /// Returns the id of the subscription: of a subscriber that has one, and has not confirmed it, that one.
    ///
    /// - Parameter isRepeatable: Whether a subscriber that has one gets it again; otherwise that is refused.
    package func subscribe(
        _ request: JSONObject, to key: QueueKey, isRepeatable: Bool = true
    ) async throws(OperationError) -> String {
        let isMarked = try await routeCreatingQueue(key).settings.hasSubscriptions
        let draft = try SubscriptionDraft(request)
        guard let subscriber = draft.subscriber else { throw .invalidBody("subscriber: is required.") }
        try draft.check(limits)
        // So that none is stored of which posts know nothing, should this node end between the two steps.
        if !isMarked { _ = try await operation(try await catalog.markSubscribed(key)) }
        for _ in 0..<Limits.subscriberAttempts {
            let subscription = try await self.subscription(of: subscriber, draft, to: key)
            let present = try await operation(
                try await subscriptions.take(subscriber, for: subscription.id, of: key, until: subscription.expires))
            if let present {
                guard isRepeatable else { throw Self.isSubscribed }
                return try await subscribeAgain(present)
            }
            guard try await operation(try await store(subscription)) else { continue }
            try await announce(key)
            await subscriptionEvents?.subscribed(subscription)
            return subscription.id
        }
        throw .unavailable(.busy)
    }

    func subscription(
        of subscriber: String, _ draft: SubscriptionDraft, to key: QueueKey
    ) async throws(OperationError) -> Subscription {
        let limit = Limits.subscriptionsPerQueue
        let count = try await operation(try await subscriptions.count(of: key, limit: limit))
        guard count < limit else {
            throw .invalidRequest("subscriptions: the queue has \(count); at most \(limit) are allowed.")
        }
        var generator = Entropy()
        let now = clock.now()
        let ttl = draft.ttl ?? limits.defaultSubscriptionTTL
        return Subscription(
            id: Identifier128.text(high: generator.next(), low: generator.next()), source: key, subscriber: subscriber,
            ttl: ttl, created: now, expires: now.adding(seconds: ttl),
            options: JSONValue.object(draft.options ?? JSONObject()).bytes, isConfirmed: false)
    }

    /// False, and it is not stored, if somebody else has taken the subscriber, because this was not there yet.
    func store(_ subscription: Subscription) async throws(StorageError) -> Bool {
        guard try await subscriptions.insert(subscription) else { return false }
        if try await subscriptions.confirm(subscription.subscriber, of: subscription.id, subscription.source) {
            return true
        }
        try await subscriptions.remove(subscription)
        return false
    }

    static let isSubscribed = OperationError.conflict("subscriber: has a subscription of this queue already.")

    private func subscribeAgain(_ present: Subscription) async throws(OperationError) -> String {
        guard !present.isConfirmed else {
            throw .conflict("subscriber: has a subscription of this queue already, which is confirmed.")
        }
        // Whoever stored it may have failed to say so.
        try await announce(present.source)
        await subscriptionEvents?.subscribed(present)
        return present.id
    }

    /// Sees to it that posts know of a subscription that is stored: those that begin after this returns, through whatever
    /// node.
    func announce(_ key: QueueKey) async throws(OperationError) {
        for _ in 0..<Limits.routeAttempts {
            let since = try await operation(try await catalog.markSubscribed(key))
            guard let since else {
                _ = try await routeCreatingQueue(key)
                continue
            }
            guard catalog.store.isShared else { return }
            let noticed = since.milliseconds + Int64(Limits.noticeMilliseconds)
            let rest = min(Int(noticed - clock.now().milliseconds), Limits.noticeMilliseconds)
            if rest > 0 { await clock.sleep(milliseconds: rest) }
            return
        }
        throw .unavailable(.busy)
    }
}
