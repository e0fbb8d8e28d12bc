internal import NIOCore
internal import Synchronization
internal import WeirDomain
internal import WeirJSON
internal import WeirOperations

/// The subscriptions of one connection: each follows a queue and hands on what is posted to it.
final class SocketSubscriptions: Sendable {
    private struct State {
        /// By id.
        var feeds: [String: FollowedQueue] = [:]
        /// The kind of message of the last one that was made.
        var isText = true
    }

    private let state = Mutex(State())

    /// Subscribes the connection and returns the id of the subscription. The queue is followed before anybody can know of
    /// it, so that nothing that is posted afterwards is missed. Called for one request at a time.
    func add(_ queue: QueueKey, _ request: JSONObject, _ call: SocketCall, _ service: SocketService) async throws -> String {
        guard state.withLock({ $0.feeds.count }) < Limits.subscriptionsPerSocket else {
            throw SocketFault.invalid(
                "subscriptions: a connection may have \(Limits.subscriptionsPerSocket), and this one has.")
        }
        let feed = try await service.follow(queue)
        let subscription: Subscription
        do {
            subscription = try await service.operations.subscribe(connection: call.connection.id, request, to: queue)
        } catch {
            feed.end()
            throw error
        }
        state.withLock { state in
            state.feeds[subscription.id] = feed
            state.isText = call.isText
        }
        call.connection.subscriptionsChanged(true)
        let connection = call.connection
        // Unstructured: it ends with the feed, which ends with the subscription or the connection.
        Task { await self.handOn(feed, subscription, to: connection, service) }
        return subscription.id
    }

    /// Hands on no more of this one, if it is of this connection.
    func forget(_ id: String, on connection: SocketConnection) {
        let (feed, isLast) = state.withLock { ($0.feeds.removeValue(forKey: id), $0.feeds.isEmpty) }
        guard let feed else { return }
        feed.end()
        if isLast { connection.subscriptionsChanged(false) }
    }

    /// The connection has ended, and its subscriptions end with it. Returns their ids.
    func end() -> [(id: String, queue: QueueKey)] {
        let feeds = state.withLock { state in
            defer { state.feeds = [:] }
            return state.feeds
        }
        for feed in feeds.values { feed.end() }
        return feeds.map { ($0.key, $0.value.queue) }
    }

    private func handOn(
        _ feed: FollowedQueue, _ subscription: Subscription, to connection: SocketConnection, _ service: SocketService
    ) async {
        var watch = SubscriptionWatch(subscription, since: service.operations.clock.now())
        for await message in feed.messages {
            guard await watch.holds(service.operations) else { break }
            let text = SocketPush.text(of: message, in: feed.queue.name)
            guard let push = service.push(text, isText: state.withLock { $0.isText }) else { continue }
            guard await connection.push(push) else { break }
            service.counters.pushed()
        }
        if feed.wasCutOff { connection.cutSlowReader() }
        forget(subscription.id, on: connection)
    }
}

/// Whether a subscription is still there. It may be deleted, or given another time to live, through any node, so the
/// catalog is asked now and then, when there is something to send.
private struct SubscriptionWatch {
    private var subscription: Subscription
    private var lastLook: Timestamp

    init(_ subscription: Subscription, since now: Timestamp) {
        self.subscription = subscription
        lastLook = now
    }

    mutating func holds(_ operations: Operations) async -> Bool {
        let now = operations.clock.now()
        let isDue = now.milliseconds - lastLook.milliseconds >= Limits.socketSubscriptionLookMilliseconds
        guard isDue || now >= subscription.expires else { return true }
        do throws(OperationError) {
            subscription = try await operations.showSubscription(subscription.id, of: subscription.source)
            lastLook = now
        } catch .notFound {
            return false
        } catch {
            // The catalog is away: what it said last counts.
        }
        return now < subscription.expires
    }
}
