internal import Synchronization
package import WeirDomain
package import WeirJSON
package import WeirStorage

/// The map from queues to pools, and the way from a queue to the driver that holds it.
package final class Catalog: Sendable {
    package let store: any CatalogStore
    package let pools: PoolDirectory
    private let cache = RouteCache(capacity: Limits.cachedRoutes)
    private let misses = CoalescedReads<Route?>(readersOfOne: Limits.readsOfOneRoute)
    let cutovers = CoalescedReads<Migration?>(readersOfOne: 1)
    let waiting = Atomic<Int>(0)
    package let clock: any WeirClock

    package init(store: any CatalogStore, pools: PoolDirectory, clock: any WeirClock) {
        self.store = store
        self.pools = pools
        self.clock = clock
    }

    // MARK: Routes

    /// Where the queue is, from memory if this node knows; nil if there is no such queue.
    package func route(for key: QueueKey) async throws(StorageError) -> Route? {
        if let known = cache.route(for: key) { return known }
        return try await reload(key)
    }

    /// Where this node believes the queue to be.
    package func knownRoute(for key: QueueKey) -> Route? {
        cache.route(for: key)
    }

    /// How many routes this node has in memory, and the bytes that they take.
    package var routeMemory: (routes: Int, bytes: Int) { cache.size }

    /// Where the catalog says the queue is.
    private func reload(_ key: QueueKey) async throws(StorageError) -> Route? {
        try await misses.read(key) { () async throws(StorageError) in try await readRoute(key) }
    }

    private func readRoute(_ key: QueueKey) async throws(StorageError) -> Route? {
        let ticket = cache.ticket(for: key)
        guard let record = try await store.queue(key) else {
            cache.remove(key)
            return nil
        }
        guard let pool = pools.pool(named: record.pool) else {
            // Registered through another node a moment ago.
            try await pools.followNews()
            guard let pool = pools.pool(named: record.pool) else {
                throw .unavailable("pool \(record.pool) is not registered")
            }
            return keep(record, pool, for: key, ticket)
        }
        return keep(record, pool, for: key, ticket)
    }

    private func keep(_ record: QueueRecord, _ pool: PoolSlot, for key: QueueKey, _ ticket: UInt64) -> Route {
        let route = Route(ref: record.ref, pool: pool, settings: record.settings)
        cache.insert(route, for: key, ticket: ticket)
        return route
    }

    /// Forgets what this node knows of the queue: the next call looks in the catalog.
    package func forget(_ key: QueueKey) {
        cache.remove(key)
    }

    /// Forgets routes and settings that other nodes have changed, until told to stop. Only for speed, and so that
    /// settings are followed: a route that is out of date is refused by its pool.
    package func followChanges() async {
        var last: Int64?
        while !Task.isCancelled {
            // A catalog that is away is reported by `PoolDirectory.followCatalog`.
            if let changes = try? await store.changes(after: last, limit: Limits.changesPerPoll) {
                if changes.hasGap { cache.removeAll() }
                for key in changes.keys { cache.remove(key) }
                last = changes.last
                if changes.keys.count == Limits.changesPerPoll { continue }
            }
            try? await Task.sleep(for: .milliseconds(Limits.catalogPollMilliseconds))
        }
    }

    // MARK: Operations on queues

    /// Does `work` on the pool that holds the queue, following its route if that changed. Nil if there is no
    /// such queue, or, unless `opening`, if its pool never held anything of it.
    ///
    /// A pool that does not hold the queue, or no longer, refuses; then the catalog is asked again, so a route
    /// however old never leads to a wrong copy.
    package func withPool<Value: Sendable>(
        of key: QueueKey, opening: Bool = false,
        _ work: (any PoolDriver, Route) async throws(StorageError) -> Value
    ) async throws(StorageError) -> Value? {
        guard var route = try await route(for: key) else { return nil }
        var wait = CutoverWait()
        var attempts = 0
        while attempts < Limits.routeAttempts {
            attempts += 1
            let refusal: StorageError
            do throws(StorageError) {
                return try await route.pool.attempt { driver throws(StorageError) in try await work(driver, route) }
            } catch {
                // A pool that was removed has no queues left: this one has moved.
                let isPoolGone = pools.pool(named: route.pool.name) !== route.pool
                let isRefused = error == .queueNotOpen || error == .staleRoute || error == .fenced
                guard isRefused || isPoolGone else {
                    // Callers that try again at once must not take the others' time.
                    if error.isReported { await clock.sleep(milliseconds: Limits.refusalMilliseconds) }
                    throw error
                }
                refusal = error
            }
            if refusal == .fenced {
                try await waitForCutover(of: key, at: route.ref, &wait)
                attempts = 0
            }
            guard let present = try await reload(key) else { return nil }
            let isUnchanged = present.ref == route.ref
            route = present
            guard refusal == .queueNotOpen, isUnchanged else { continue }
            guard opening else { return nil }
            try await open(route)
        }
        throw .unavailable("the route of the queue keeps changing")
    }

    /// Prepares the pool for a queue that it never held anything of. A refusal means that the route has changed
    /// since it was read, which the next attempt will see.
    private func open(_ route: Route) async throws(StorageError) {
        do throws(StorageError) {
            let now = clock.now()
            try await route.pool.chore { driver throws(StorageError) in try await driver.open(route.ref, now: now) }
        } catch {
            guard error == .staleRoute else { throw error }
        }
    }
}

extension QueueRecord {
    /// The metadata as callers know them.
    package var metadataObject: JSONObject { storedMetadata.visible }

    /// With the service's own. They were written by this program, so what cannot be read counts as none.
    var storedMetadata: JSONObject {
        (try? JSONValue.parse(metadata, maximumDepth: Limits.jsonDepth, duplicates: .lastWins))?.objectValue
            ?? JSONObject()
    }

    package var settings: QueueSettings {
        metadata.count <= 2 ? QueueSettings() : QueueSettings(metadata: storedMetadata)
    }

    package var flavor: String? {
        metadata.count <= 2 ? nil : metadataObject["_flavor"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }
}
