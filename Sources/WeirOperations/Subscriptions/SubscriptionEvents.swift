package import WeirDomain

/// Who has to hear what becomes of subscriptions. Each is called once the change is stored; what it takes, the caller of
/// the operation waits for.
package protocol SubscriptionEvents: Sendable {
    /// There is a new subscription, or one that nobody has confirmed was asked for once more, or got another subscriber.
    func subscribed(_ subscription: Subscription) async

    /// The subscriber has said that it does not want this any more.
    func unconfirmed(_ subscription: Subscription) async
}
