internal import Logging
package import WeirDomain
package import WeirStorage

/// Why a pool was not registered.
package enum PoolRegistrationError: Error, Hashable, Sendable {
    /// Its store cannot be used: a sentence that says why.
    case unreachable(String)
    /// It lacks what its flavor requires.
    case lacks(CapabilitySet)
    case uriInUse(by: String)
    /// It holds this many queues and cannot get the uri of another store.
    case holdsQueues(Int)
    /// So many migrations that are not over name it, and it cannot get the uri of another store.
    case movesQueues(Int)
    /// The catalog has something else of it than the caller saw: the change has to be worked out anew.
    case changed
    case storage(StorageError)
}

extension PoolDirectory {
    /// Registers or replaces a pool, once its store was reached and found to have what is required of it. The
    /// present registration stays as it is if anything is refused. While the pool holds queues, of its uri only the user and the
    /// password can change. Of a change that has to do with neither store nor flavor the store is not asked.
    ///
    /// Where nodes share the catalog, a pool takes no queues until all of them have read where its store is: one that knew
    /// another store by this name would put messages there. This returns when it takes them, unless it was changed
    /// meanwhile; then, or if this node dies, other nodes see to that.
    /// - Parameter seen: What the caller went by; nil if there was no such pool. If it is not so any more, it is `changed`.
    package func put(
        _ pool: Pool, over seen: PoolRecord?, requiring required: CapabilitySet, noting entry: AuditEntry? = nil
    ) async throws(PoolRegistrationError) {
        var pool = pool
        let isOpenThere = seen.map { $0.pool.state == .open && PoolAddress($0.pool).leads(to: pool) } ?? false
        if store.isShared, pool.state == .open, !isOpenThere { pool.state = .opening }
        try await putAtOnce(pool, over: seen, requiring: required, noting: entry)
        if pool.state == .opening { await openAfterNotice(pool.name) }
    }

    private func putAtOnce(
        _ pool: Pool, over seen: PoolRecord?, requiring required: CapabilitySet, noting entry: AuditEntry?
    ) async throws(PoolRegistrationError) {
        if let owner = owner(of: pool.uri), owner != pool.name { throw .uriInUse(by: owner) }
        let keepsStore = seen.map { PoolAddress($0.pool).leads(to: pool) } ?? true
        if !keepsStore {
            let queues = try await queues(in: pool.name)
            if queues > 0 { throw .holdsQueues(queues) }
        }
        let former = keepsStore ? seen?.pool.uri : nil
        guard let tried = try storeToTry(pool, over: seen, requiring: required) else {
            return try await record(pool, over: seen, replacing: former, entry)
        }
        let present = self.pool(named: pool.name)
        try await whileFree(tried, present) { () async throws(PoolRegistrationError) in
            try await tryOut(pool, by: tried, requiring: required)
            try await record(pool, over: seen, replacing: former, entry)
        }
        if let slot = self.pool(named: pool.name) { await bringUp(slot)?.value }
    }

    /// By which driver the store has to be reached before the change is made; nil if that has nothing to do with it.
    private func storeToTry(
        _ pool: Pool, over seen: PoolRecord?, requiring required: CapabilitySet
    ) throws(PoolRegistrationError) -> DriverRegistration? {
        if let seen, PoolAddress(seen.pool) == PoolAddress(pool) {
            if seen.pool.flavorName == pool.flavorName { return nil }
            if let present = self.pool(named: pool.name), present.isOpen {
                try Self.check(present.capabilities, required)
                return nil
            }
        }
        do throws(PoolRefusal) {
            let registration = try driver(for: pool.uri)
            try registration.check(configuration(PoolAddress(pool)))
            return registration
        } catch {
            throw .unreachable(error.reason)
        }
    }

    /// An embedded store admits one writer, so while it is tried out the present driver goes, and comes back when this is
    /// over; callers wait for that. Any other serves on: what it is connected by may not be good for another connection
    /// any more.
    private func whileFree<Failure: Error>(
        _ registration: DriverRegistration, _ present: PoolSlot?, _ work: () async throws(Failure) -> Void
    ) async throws(Failure) {
        guard registration.isEmbedded, let present else { return try await work() }
        do throws(Failure) {
            try await present.exchange.pass { () async throws(Failure) in
                await takeDriver(of: present)?.shutdown()
                try await work()
            }
        } catch {
            await bringUp(present)?.value
            throw error
        }
    }

    /// Makes sure that the pool can be reached, is no other one under another uri, and has what is required.
    private func tryOut(
        _ pool: Pool, by registration: DriverRegistration, requiring required: CapabilitySet
    ) async throws(PoolRegistrationError) {
        let opened: OpenedPool
        do throws(PoolRefusal) {
            opened = try await open(PoolAddress(pool), by: registration)
        } catch {
            throw .unreachable(error.reason)
        }
        do throws(PoolRegistrationError) {
            try check(opened.probe, of: pool, required)
            await opened.driver.shutdown()
        } catch {
            await opened.driver.abandon()
            throw error
        }
    }

    private func check(
        _ probe: PoolProbe, of pool: Pool, _ required: CapabilitySet
    ) throws(PoolRegistrationError) {
        if let identity = probe.identity,
            let other = everySlot.first(where: { $0.name != pool.name && $0.probe?.identity == identity })
        {
            throw .uriInUse(by: other.name)
        }
        try Self.check(probe.capabilities, required)
    }

    private static func check(
        _ has: CapabilitySet, _ required: CapabilitySet
    ) throws(PoolRegistrationError) {
        let missing = has.missing(from: required)
        guard missing.isEmpty else { throw .lacks(missing) }
    }

    private func record(
        _ pool: Pool, over seen: PoolRecord?, replacing former: String?, _ entry: AuditEntry?
    ) async throws(PoolRegistrationError) {
        let outcome: PoolRegistration
        do throws(StorageError) {
            outcome = try await store.put(pool, over: seen?.version, replacing: former, noting: entry)
            try await follow()
        } catch {
            throw .storage(error)
        }
        switch outcome {
        case .stored: break
        case .changed: throw .changed
        case .uriInUse(let owner): throw .uriInUse(by: owner)
        case .holdsQueues(let count): throw .holdsQueues(count)
        case .movesQueues(let count): throw .movesQueues(count)
        }
    }

    private func queues(in name: String) async throws(PoolRegistrationError) -> Int {
        do throws(StorageError) {
            return try await store.pools().first { ExactName($0.pool.name) == ExactName(name) }?.queues ?? 0
        } catch {
            throw .storage(error)
        }
    }

    private func owner(of uri: String) -> String? {
        everySlot.first { PoolURI.leadToOneStore($0.pool.uri, uri) }?.pool.name
    }

    /// Removes a pool and closes it, unless queues live there or its flavor needs it.
    package func remove(
        _ name: String, noting entry: AuditEntry? = nil
    ) async throws(StorageError) -> PoolRemoval {
        let (outcome, drivers) = try await changes.pass { () async throws(StorageError) in
            let outcome = try await store.removePool(name, noting: entry)
            return (outcome, outcome == .removed ? removeSlot(named: name)?.close() ?? [] : [])
        }
        for driver in drivers { await driver.shutdown() }
        return outcome
    }

    // MARK: Pools that all nodes have to read of first

    /// Opens the pool when all nodes have had the time to read where its store is.
    private func openAfterNotice(_ name: String) async {
        guard let record = pool(named: name)?.record else { return }
        await clock.sleep(milliseconds: Limits.noticeMilliseconds)
        await open(record)
    }

    /// Opens pools that whoever registered them did not live to open, or could not. Each node counts the time from when it
    /// read of the pool itself, so none is too early, and the first that finds it over is enough.
    package func openNoticed() async {
        let now = clock.now().milliseconds
        for slot in everySlot {
            let (record, since) = slot.recordSince
            if now - since.milliseconds >= Int64(Limits.noticeMilliseconds) { await open(record) }
        }
    }

    /// Whoever has changed the pool meanwhile has begun its time anew, or has opened it.
    private func open(_ record: PoolRecord) async {
        guard record.pool.state == .opening else { return }
        var pool = record.pool
        pool.state = .open
        do throws(StorageError) {
            _ = try await store.put(pool, over: record.version, replacing: nil, noting: nil)
            try await follow()
        } catch {
            logger.warning("pool not opened yet", metadata: ["pool": "\(pool.name)", "reason": "\(error)"])
        }
    }
}
