package import WeirDomain
package import WeirJSON
package import WeirStorage

extension Catalog {
    // MARK: Creating

    /// Creates the queue in a pool that its flavor admits; false if it exists, which changes nothing, neither its
    /// metadata nor its place.
    package func create(_ key: QueueKey, metadata: JSONObject) async throws(CatalogError) -> Bool {
        let flavor = try await flavor(in: metadata, of: key.project)
        var metadata = metadata
        do throws(StorageError) {
            if try await store.queue(key) != nil { return false }
            // Subscriptions outlive their queue. One that is stored after this look is marked by who stores it.
            if try await hasSubscriptions(key) {
                metadata[HiddenMetadata.subscribed] = .integer(clock.now().milliseconds)
            }
        } catch {
            throw .storage(error)
        }
        for _ in 0..<Limits.routeAttempts {
            let pool = try await place(key) { choose(key, flavor: flavor) }
            guard let pool else { throw .noPool(flavor: flavor?.name) }
            if let outcome = try await insert(key, into: pool, metadata: metadata) { return outcome }
        }
        throw .contended
    }

    /// Creates a queue that the service keeps for itself, in this pool if it takes new queues, else in another one, if need
    /// be in one of a flavor. It may exist already.
    package func createHidden(
        _ key: QueueKey, in pool: String, metadata: JSONObject
    ) async throws(StorageError) {
        do throws(CatalogError) {
            if let home = pools.pool(named: pool)?.pool, home.state == .open {
                if try await insert(key, into: home, metadata: metadata) != nil { return }
            }
            for _ in 0..<Limits.routeAttempts {
                let pool = try await place(key) { choose(key, flavor: nil) ?? choose(key, among: pools.pools) }
                guard let pool else { throw .noPool(flavor: nil) }
                if try await insert(key, into: pool, metadata: metadata) != nil { return }
            }
            throw .contended
        } catch {
            if case .storage(let error) = error { throw error }
            throw .unavailable("no pool takes \(key.name.value)")
        }
    }

    /// True if created, false if it exists, nil if another choice has to be made.
    private func insert(
        _ key: QueueKey, into pool: Pool, metadata: JSONObject
    ) async throws(CatalogError) -> Bool? {
        var generator = SystemRandomNumberGenerator()
        let record = QueueRecord(
            key: key, life: .mint(at: clock.now(), using: &generator), epoch: .first, pool: pool.name,
            metadata: JSONValue.object(metadata).bytes)
        do throws(StorageError) {
            switch try await store.insert(record) {
            case .inserted:
                // Until the catalog is read again.
                pools.pool(named: pool.name)?.update { $0.record.queues += 1 }
                return true
            case .exists: return false
            case .lifeTaken: return nil
            case .poolClosed:
                try await pools.followNews()
                return nil
            }
        } catch {
            throw .storage(error)
        }
    }

    /// The pool for a new queue, which another node may have registered a moment ago.
    private func place(_ key: QueueKey, _ choose: () -> Pool?) async throws(CatalogError) -> Pool? {
        if let known = choose() { return known }
        do throws(StorageError) { try await pools.followNews() } catch { throw .storage(error) }
        return choose()
    }

    private func choose(_ key: QueueKey, flavor: Flavor?) -> Pool? {
        if let chosen = choose(key, among: pools.pools.filter { $0.serves(flavor) }) { return chosen }
        guard flavor == nil, let virtual = pools.pool(named: Pool.virtualName)?.pool else { return nil }
        return virtual.takesQueues ? virtual : nil
    }

    private func choose(_ key: QueueKey, among serving: [PoolSlot]) -> Pool? {
        let present = serving.filter { $0.outage == nil && $0.pool.takesQueues }
        let records = (present.isEmpty ? serving : present).map(\.record)
        let held = Dictionary(records.map { ($0.pool.name, $0.queues) }) { first, _ in first }
        return PoolPlacement.choose(for: key, among: records.map(\.pool), holding: held)
    }

    private func flavor(in metadata: JSONObject, of project: ProjectID) async throws(CatalogError) -> Flavor? {
        guard let name = metadata["_flavor"]?.stringValue, !name.isEmpty else { return nil }
        do throws(StorageError) {
            if let flavor = try await store.flavor(name, of: project) { return flavor }
        } catch {
            throw .storage(error)
        }
        throw .unknownFlavor(name)
    }

    // MARK: Changing

    /// Replaces the metadata by what `change` makes of them; nil if there is no such queue. The queue stays where
    /// it is: a flavor that its pool does not serve is refused. `change` may run more than once.
    /// - Parameter target: The name of the pool that a migration takes the queue to: a new flavor has to be served
    ///   there instead.
    package func changeMetadata<Refusal: Error>(
        of key: QueueKey, goingTo target: String? = nil, failed: (CatalogError) -> Refusal,
        _ change: (JSONObject) throws(Refusal) -> JSONObject
    ) async throws(Refusal) -> JSONObject? {
        for attempt in 0..<Limits.changeAttempts {
            await clock.giveWay(before: attempt)
            let found: QueueRecord?
            do throws(StorageError) { found = try await store.queue(key) } catch { throw failed(.storage(error)) }
            guard var record = found else { return nil }
            let stored = record.storedMetadata
            let changed = try change(stored.visible)
            do throws(CatalogError) {
                try await checkFlavor(in: changed, of: record, servedBy: target ?? record.pool)
                record.metadata = JSONValue.object(changed.hiding(stored)).bytes
                if try await replace(record) { return changed }
            } catch {
                throw failed(error)
            }
        }
        throw failed(.contended)
    }

    private func replace(_ record: QueueRecord) async throws(CatalogError) -> Bool {
        defer { forget(record.key) }
        do throws(StorageError) {
            return try await store.replace(record)
        } catch {
            throw .storage(error)
        }
    }

    private func checkFlavor(
        in metadata: JSONObject, of record: QueueRecord, servedBy pool: String
    ) async throws(CatalogError) {
        guard metadata["_flavor"]?.stringValue ?? "" != record.flavor ?? "" else { return }
        guard let flavor = try await flavor(in: metadata, of: record.key.project) else { return }
        guard let slot = pools.pool(named: pool) else { return }
        guard slot.serves(flavor) else {
            let missing = slot.capabilities.missing(from: flavor.required)
            throw .flavorNotServed(flavor: flavor.name, pool: pool, missing: missing)
        }
    }

    // MARK: Removing

    /// Removes the queue from the catalog, then its messages from the pool. A queue whose pool cannot be reached
    /// is gone all the same; the pool is told later. Until then nothing but the catalog says that it is gone, so all nodes are
    /// given the time to read that: none takes a message for it after this returns.
    package func remove(_ key: QueueKey) async throws(StorageError) {
        let removed = try await store.remove(key)
        forget(key)
        guard let removed else { return }
        let isRetired = await retire(Retirement(ref: removed.ref, pool: removed.pool))
        if !isRetired, store.isShared { await clock.sleep(milliseconds: Limits.noticeMilliseconds) }
    }

    /// Whether the pool holds nothing of it any more, and takes nothing for it.
    @discardableResult
    private func retire(_ retirement: Retirement) async -> Bool {
        do throws(StorageError) {
            // A pool that the catalog does not list took all it held with it.
            if let slot = try await pools.find(retirement.pool) {
                try await slot.driver().retire(retirement.ref, now: clock.now())
            }
            try await store.retired(retirement.ref.life)
            return true
        } catch {
            // It stays on the list that `retireRemoved` works off.
            return false
        }
    }

    /// Whether the pool has yet to be told of queues that were removed: without its record that would be forgotten, and it
    /// keep what they held for ever.
    package func isToRetire(in pool: String) async throws(StorageError) -> Bool {
        var last = QueueLife(.min)
        while true {
            let round = try await store.retirements(after: last, limit: Limits.retirementsPerRound)
            if round.contains(where: { ExactName($0.pool) == ExactName(pool) }) { return true }
            guard let end = round.last else { return false }
            last = end.ref.life
        }
    }

    /// Tells pools about queues that were removed while they could not be reached, until told to stop.
    package func retireRemoved() async {
        while !Task.isCancelled {
            await retireAll()
            try? await Task.sleep(for: .milliseconds(Limits.catalogPollMilliseconds))
        }
    }

    /// Goes through the whole list once, so that a pool that is away keeps no other from being told.
    private func retireAll() async {
        var last = QueueLife(.min)
        while let round = try? await store.retirements(after: last, limit: Limits.retirementsPerRound),
            let end = round.last
        {
            for retirement in round { await retire(retirement) }
            last = end.ref.life
            if Task.isCancelled { return }
        }
    }
}
