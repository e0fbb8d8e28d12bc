package import WeirDomain

/// Who wants to know what becomes of subscriptions. Each is called once the change is stored; what it takes, the caller
/// of the operation waits for.
package protocol SubscriptionEvents: Sendable {
    /// There is a new subscription, or one got another subscriber, who has not confirmed it.
    /// - Parameter again: It was there and is not confirmed, and somebody has asked for it once more.
    func subscribed(_ subscription: Subscription, again: Bool) async

    /// Its ttl or options are others now, nothing else.
    func updated(_ subscription: Subscription) async

    /// The subscriber has said that it wants this.
    func confirmed(_ subscription: Subscription) async

    /// The subscriber has said that it does not want this any more.
    func unconfirmed(_ subscription: Subscription) async
}

extension SubscriptionEvents {
    package func updated(_ subscription: Subscription) async {}

    package func confirmed(_ subscription: Subscription) async {}
}

/// Nobody wants to know.
package struct NoSubscriptionEvents: SubscriptionEvents {
    package init() {}

    package func subscribed(_ subscription: Subscription, again: Bool) async {}

    package func unconfirmed(_ subscription: Subscription) async {}
}
