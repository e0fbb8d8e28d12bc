package import WeirDomain
package import WeirJSON
internal import WeirStorage

extension Operations {
    /// Replaces the subscriber, the ttl, which begins anew, or the options (API section 7.4). A new subscriber has not
    /// confirmed anything. Of two callers that race, the later one changes what the earlier one left.
    package func updateSubscription(
        _ id: String, of key: QueueKey, _ request: JSONObject
    ) async throws(OperationError) {
        guard !request.isEmpty else { throw .invalidRequest("The request body has no members: nothing to change.") }
        // The released command line names all three, with null for what stays as it is.
        let draft = try SubscriptionDraft(JSONObject(request.filter { $0.value != .null }.map { ($0.name, $0.value) }))
        guard !draft.isEmpty else {
            throw .subscriptionUpdateRefused("One of subscriber, ttl and options is required.")
        }
        try draft.check(limits)
        for attempt in 0..<Limits.changeAttempts {
            await clock.giveWay(before: attempt)
            let old = try await storedSubscription(id, of: key)
            let isNewcomer = draft.subscriber.map { !$0.isSame(as: old.subscription.subscriber) } ?? false
            var changed = old
            changed.subscription.apply(draft, isNewcomer: isNewcomer, now: clock.now())
            guard try await replace(old, by: changed) else { continue }
            if isNewcomer { await subscriptionEvents?.subscribed(changed.subscription) }
            return
        }
        throw .unavailable(.busy)
    }

    /// False if it is gone or was changed meanwhile.
    private func replace(
        _ old: StoredSubscription, by changed: StoredSubscription
    ) async throws(OperationError) -> Bool {
        let taken = OperationError.conflict("subscriber: has a subscription of this queue already.")
        let new = changed.subscription
        let other = try await operation(
            try await subscriptions.take(new.subscriber, for: new.id, of: new.source, until: new.expires))
        guard other == nil else { throw taken }
        let isReplaced = try await operation(steps: { () async throws(StorageError) in
            if try await subscriptions.replace(changed) { return true }
            try await settle(new.id, of: new.source, [new.subscriber])
            return false
        })
        return isReplaced ? try await confirm(changed, else: old, taken) : false
    }

    /// Makes sure that nobody has taken the subscriber while the subscription did not have it yet. If so it gets back what
    /// it had.
    private func confirm(
        _ changed: StoredSubscription, else old: StoredSubscription, _ taken: OperationError
    ) async throws(OperationError) -> Bool {
        let new = changed.subscription
        let isDone = try await operation(steps: { () async throws(StorageError) in
            let isDone = try await subscriptions.confirm(new.subscriber, of: new.id, new.source)
            if !isDone { _ = try await subscriptions.replace(old.after(changed)) }
            try await settle(new.id, of: new.source, [old.subscription.subscriber, new.subscriber])
            return isDone
        })
        guard isDone else { throw taken }
        return true
    }

    /// Of these subscribers the subscription keeps the one it has.
    private func settle(
        _ id: String, of key: QueueKey, _ subscribers: [String]
    ) async throws(StorageError) {
        let present = try await subscriptions.find(id, of: key)?.subscription.subscriber
        for subscriber in subscribers where !(present?.isSame(as: subscriber) ?? false) {
            try await subscriptions.release(subscriber, from: id, of: key)
        }
    }
}

extension StoredSubscription {
    /// To be stored in the place of the next version of `changed`.
    fileprivate func after(_ changed: StoredSubscription) -> StoredSubscription {
        StoredSubscription(subscription: subscription, version: changed.version + 1)
    }
}

extension Subscription {
    fileprivate mutating func apply(_ draft: SubscriptionDraft, isNewcomer: Bool, now: Timestamp) {
        if let subscriber = draft.subscriber { self.subscriber = subscriber }
        if isNewcomer { isConfirmed = false }
        if let options = draft.options { self.options = JSONValue.object(options).bytes }
        guard let ttl = draft.ttl else { return }
        self.ttl = ttl
        expires = now.adding(seconds: ttl)
    }
}
