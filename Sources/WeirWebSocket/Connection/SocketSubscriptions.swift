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

    var isEmpty: Bool { state.withLock { $0.feeds.isEmpty } }

    /// Subscribes the connection and returns the id of the subscription. The queue is followed before anybody can know of
    /// it, so that nothing that is posted afterwards is missed. Called for one request at a time.
    func add(_ queue: QueueKey, _ request: JSONObject, _ call: SocketCall, _ service: SocketService) async throws -> String {
        let connection = call.connection
        if !hasRoom { await forgetDead(on: connection, service.operations) }
        guard hasRoom else {
            throw SocketFault.invalid(
                "subscriptions: a connection may have \(Limits.subscriptionsPerSocket), and this one has.")
        }
        let feed = try await service.follow(queue)
        let subscription: Subscription
        do {
            subscription = try await service.operations.subscribe(connection: connection.id, request, to: queue)
        } catch {
            feed.end()
            throw error
        }
        // The connection has one of each queue at the most: one that is here still is gone from the catalog.
        forgetAll(of: queue, on: connection)
        state.withLock { state in
            state.feeds[subscription.id] = feed
            state.isText = call.isText
        }
        connection.subscriptionsChanged()
        // Unstructured: it ends with the feed, which ends with the subscription or the connection.
        Task { await self.serve(feed, subscription, to: connection, service) }
        return subscription.id
    }

    private var hasRoom: Bool { state.withLock { $0.feeds.count } < Limits.subscriptionsPerSocket }

    /// Forgets what was deleted through other connections and nodes.
    private func forgetDead(on connection: SocketConnection, _ operations: Operations) async {
        for (id, feed) in state.withLock({ $0.feeds }) {
            do throws(OperationError) {
                _ = try await operations.showSubscription(id, of: feed.queue)
            } catch .notFound {
                forget(id, of: feed.queue, on: connection)
            } catch {
                return
            }
        }
    }

    /// Hands on no more of this one, if it is of this connection and queue.
    func forget(_ id: String, of queue: QueueKey, on connection: SocketConnection) {
        let feed = state.withLock { state in
            state.feeds[id]?.queue == queue ? state.feeds.removeValue(forKey: id) : nil
        }
        feed?.end()
        connection.subscriptionsChanged()
    }

    /// Hands on no more of this queue.
    func forgetAll(of queue: QueueKey, on connection: SocketConnection) {
        let ids = state.withLock { state in state.feeds.filter { $0.value.queue == queue }.map(\.key) }
        for id in ids { forget(id, of: queue, on: connection) }
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

    private func serve(
        _ feed: FollowedQueue, _ subscription: Subscription, to connection: SocketConnection, _ service: SocketService
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch(feed, subscription, service.operations) }
            await self.handOn(feed, subscription, to: connection, service)
            group.cancelAll()
        }
        switch feed.ending {
        case .tooSlow: connection.cutSlowReader()
        case .missed: connection.close(.tryAgainLater, "messages may have been missed: list them")
        case .unwanted, nil: break
        }
        forget(subscription.id, of: feed.queue, on: connection)
    }

    private func handOn(
        _ feed: FollowedQueue, _ subscription: Subscription, to connection: SocketConnection, _ service: SocketService
    ) async {
        var watch = SubscriptionWatch(subscription, since: service.operations.clock.now())
        for await message in feed.messages {
            guard feed.ending == nil, await watch.holds(service.operations) else { return }
            let text = SocketPush.text(of: message, in: feed.queue.name)
            if let push = service.push(text, isText: state.withLock { $0.isText }) {
                guard await connection.push(push) else { return }
                service.counters.pushed()
            }
            feed.took(message)
        }
    }

    /// Ends the feed of a subscription that has ended, though nothing is posted.
    private func watch(_ feed: FollowedQueue, _ subscription: Subscription, _ operations: Operations) async {
        var watch = SubscriptionWatch(subscription, since: operations.clock.now())
        while !Task.isCancelled, await watch.holds(operations) {
            await operations.clock.sleep(milliseconds: watch.rest(at: operations.clock.now()))
        }
        feed.end()
    }
}

/// Whether a subscription is still there. It may be deleted, or given another time to live, through any node, so the
/// catalog is asked now and then: when there is something to send, when its time is over, and seldom without either.
private struct SubscriptionWatch {
    private var subscription: Subscription
    private var lastLook: Timestamp

    init(_ subscription: Subscription, since now: Timestamp) {
        self.subscription = subscription
        lastLook = now
    }

    /// Until it is to be looked at though nothing happens: milliseconds.
    func rest(at now: Timestamp) -> Int {
        let left = max(0, subscription.expires.milliseconds - now.milliseconds)
        return Int(min(left, Limits.quietSubscriptionLookMilliseconds)) + 1
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
