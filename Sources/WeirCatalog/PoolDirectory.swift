package import Logging
internal import Synchronization
package import WeirDomain
package import WeirStorage

/// The pools of the catalog, open on this node.
package final class PoolDirectory: Sendable {
    private let store: any CatalogStore
    package let registry: DriverRegistry
    private let dataDirectory: String
    let clock: any WeirClock
    let logger: Logger
    private let slots = Mutex<[ExactName: PoolSlot]>([:])
    private let changes = SerialGate()
    private let orders = SerialGate()

    package init(
        store: any CatalogStore, registry: DriverRegistry, dataDirectory: String, clock: any WeirClock,
        logger: Logger
    ) {
        self.store = store
        self.registry = registry
        self.dataDirectory = dataDirectory
        self.clock = clock
        self.logger = logger
    }

    /// All pools in byte order of their names, the virtual one left out.
    package var pools: [PoolSlot] {
        everySlot
            .filter { $0.pool.name != Pool.virtualName }
            .sorted { $0.pool.name.utf8.lexicographicallyPrecedes($1.pool.name.utf8) }
    }

    /// All pools in no order, the virtual one included.
    var everySlot: [PoolSlot] { slots.withLock { Array($0.values) } }

    package func pool(named name: String) -> PoolSlot? {
        slots.withLock { $0[ExactName(name)] }
    }

    // MARK: Following the catalog

    /// Opens what the catalog lists and this node has not open, and closes what it no longer lists. A pool that
    /// cannot be reached is kept as such, and tried again the next time.
    package func refresh() async throws(StorageError) {
        try await changes.pass { () async throws(StorageError) in
            let records = try await store.pools()
            await follow(records)
            let names = Set(records.map { ExactName($0.pool.name) })
            let gone = slots.withLock { slots in
                let gone = slots.filter { !names.contains($0.key) }
                for name in gone.keys { slots[name] = nil }
                return Array(gone.values)
            }
            for slot in gone { await slot.takeDriver()?.shutdown() }
        }
    }

    /// Follows the catalog if it has pools of a version that this node does not know. Unlike `refresh` it does not
    /// try pools that cannot be reached, so callers may ask for it whenever they miss something.
    package func followNews() async throws(StorageError) {
        let records = try await store.pools()
        let isKnown = records.allSatisfy { pool(named: $0.pool.name)?.record.version == $0.version }
        if !isKnown { try await refresh() }
    }

    /// All at once: the time that one takes to fail is not added to that of the others.
    private func follow(_ records: [PoolRecord]) async {
        await withTaskGroup(of: Void.self) { group in
            for record in records { group.addTask { await self.follow(record) } }
        }
        for slot in everySlot { await compareWithFlavor(slot) }
    }

    private func follow(_ record: PoolRecord) async {
        guard let slot = pool(named: record.pool.name) else {
            let slot = PoolSlot(record, logger: logger)
            await open(record.pool, into: slot)
            slots.withLock { $0[ExactName(record.pool.name)] = slot }
            return
        }
        let known = slot.record.pool
        slot.update { $0.record = record }
        let isReachable = slot.failure == nil
        guard known.uri != record.pool.uri || known.options != record.pool.options || !isReachable else { return }
        await slot.takeDriver()?.shutdown()
        await open(record.pool, into: slot)
    }

    private func open(_ pool: Pool, into slot: PoolSlot) async {
        do throws(PoolRefusal) {
            let opened = try await open(pool)
            slot.opened(opened.registration, opened.driver, opened.probe)
        } catch {
            slot.notOpened(error.reason)
        }
    }

    /// A driver for the pool and what its first probe found.
    private func open(
        _ pool: Pool
    ) async throws(PoolRefusal) -> (registration: DriverRegistration, driver: any PoolDriver, probe: PoolProbe) {
        let registration = try registry.driver(for: pool.uri)
        if store.isShared, registration.isEmbedded {
            throw PoolRefusal("uri: the catalog is shared by several nodes, and only one could reach an embedded pool")
        }
        let driver = try await registration.open(
            PoolConfiguration(uri: pool.uri, options: pool.options, dataDirectory: dataDirectory))
        do throws(StorageError) {
            return (registration, driver, try await driver.probe(now: clock.now()))
        } catch {
            await driver.shutdown()
            throw PoolRefusal("cannot connect: \(error)")
        }
    }

    // MARK: Registration

    /// Lets one operator after the other through: what a change is worked out from is then still so when it is stored.
    package func inTurn<Value, Failure: Error>(
        _ order: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await orders.pass(order)
    }

    /// Registers or replaces a pool, once its store was reached and found to have what is required of it. The
    /// present registration stays as it is if anything is refused. While the pool holds queues, of its uri only the user and the
    /// password can change. Of a change that has to do with neither store nor flavor the store is not asked.
    ///
    /// Where nodes share the catalog, a pool takes no queues until all of them have read where its store is: one that knew
    /// another store by this name would put messages there.
    package func put(
        _ pool: Pool, requiring required: CapabilitySet, noting entry: AuditEntry? = nil
    ) async throws(PoolRegistrationError) {
        var first = pool
        let isElsewhere = self.pool(named: pool.name).map { !PoolURI.leadToOneStore($0.pool.uri, pool.uri) } ?? true
        if store.isShared, isElsewhere { first.state = .draining }
        try await putAtOnce(first, requiring: required, noting: entry)
        guard first != pool else { return }
        await clock.sleep(milliseconds: Limits.noticeMilliseconds)
        try await changes.pass { [first] () async throws(PoolRegistrationError) in
            // Unless somebody has changed it meanwhile.
            guard self.pool(named: pool.name)?.pool == first else { return }
            try await record(pool, replacing: nil, nil)
        }
    }

    private func putAtOnce(
        _ pool: Pool, requiring required: CapabilitySet, noting entry: AuditEntry?
    ) async throws(PoolRegistrationError) {
        try await changes.pass { () async throws(PoolRegistrationError) in
            if let owner = owner(of: pool.uri), owner != pool.name { throw .uriInUse(by: owner) }
            var former = self.pool(named: pool.name)?.pool.uri
            if let old = former, !PoolURI.leadToOneStore(old, pool.uri) {
                let queues = try await queues(in: pool.name)
                if queues > 0 { throw .holdsQueues(queues) }
                former = nil
            }
            try await prove(pool, requiring: required)
            try await record(pool, replacing: former, entry)
        }
    }

    /// Makes sure that the pool can be reached, is no other one under another uri, and has what is required.
    private func prove(_ pool: Pool, requiring required: CapabilitySet) async throws(PoolRegistrationError) {
        let present = self.pool(named: pool.name)
        if let present, present.pool.uri == pool.uri, present.pool.options == pool.options {
            if present.pool.flavorName == pool.flavorName { return }
            if present.failure == nil { return try Self.check(present.capabilities, required) }
        }
        // An embedded store admits one writer, so there the present driver goes before the new one comes. Any other
        // serves on: what it is connected by may not be good for another connection any more.
        let goes = present?.isEmbedded ?? false
        if goes { await present?.takeDriver()?.shutdown() }
        do throws(PoolRegistrationError) {
            try await tryOut(pool, requiring: required)
        } catch {
            if goes, let present { await open(present.pool, into: present) }
            throw error
        }
        present?.update { $0.failure = "reopening" }
    }

    private func tryOut(_ pool: Pool, requiring required: CapabilitySet) async throws(PoolRegistrationError) {
        let has: CapabilitySet
        let identity: String?
        do throws(PoolRefusal) {
            let opened = try await open(pool)
            (has, identity) = (opened.probe.capabilities, opened.probe.identity)
            await opened.driver.shutdown()
        } catch {
            throw .unreachable(error.reason)
        }
        if let identity, let other = everySlot.first(where: { $0.name != pool.name && $0.probe?.identity == identity }) {
            throw .uriInUse(by: other.name)
        }
        try Self.check(has, required)
    }

    private static func check(
        _ has: CapabilitySet, _ required: CapabilitySet
    ) throws(PoolRegistrationError) {
        let missing = has.missing(from: required)
        guard missing.isEmpty else { throw .lacks(missing) }
    }

    private func record(
        _ pool: Pool, replacing former: String?, _ entry: AuditEntry?
    ) async throws(PoolRegistrationError) {
        let outcome: PoolRegistration
        do throws(StorageError) {
            outcome = try await store.put(pool, replacing: former, noting: entry)
            await follow(try await store.pools())
        } catch {
            throw .storage(error)
        }
        switch outcome {
        case .stored: break
        case .uriInUse(let owner): throw .uriInUse(by: owner)
        case .holdsQueues(let count): throw .holdsQueues(count)
        case .movesQueues(let count): throw .movesQueues(count)
        }
    }

    /// Removes a pool and closes it, unless queues live there or its flavor needs it.
    package func remove(
        _ name: String, noting entry: AuditEntry? = nil
    ) async throws(StorageError) -> PoolRemoval {
        try await changes.pass { () async throws(StorageError) in
            let outcome = try await store.removePool(name, noting: entry)
            if outcome == .removed {
                let slot = slots.withLock { $0.removeValue(forKey: ExactName(name)) }
                await slot?.takeDriver()?.shutdown()
            }
            return outcome
        }
    }

    private func queues(in name: String) async throws(PoolRegistrationError) -> Int {
        do throws(StorageError) {
            return try await store.pools().first { $0.pool.name == name }?.queues ?? 0
        } catch {
            throw .storage(error)
        }
    }

    // MARK: Capabilities

    /// Probes the pool now.
    package func probe(_ slot: PoolSlot) async throws(StorageError) {
        let probe = try await slot.driver().probe(now: clock.now())
        slot.update { $0.probe = probe }
        await compareWithFlavor(slot)
    }

    /// Works out what the pool lacks of what its flavor requires, and says so when that changes.
    private func compareWithFlavor(_ slot: PoolSlot) async {
        var required: CapabilitySet = []
        if let flavor = slot.pool.flavorName {
            // A catalog that cannot be read changes nothing that is known of the pool.
            guard let found = try? await store.requirements(ofFlavor: flavor) else { return }
            required = found
        }
        guard let probe = slot.probe else { return }
        let lacking = probe.capabilities.missing(from: required)
        guard lacking != slot.shortfall else { return }
        slot.update { $0.shortfall = lacking }
        report(lacking, of: slot)
    }

    private func report(_ lacking: CapabilitySet, of slot: PoolSlot) {
        let names = lacking.members.map(\.rawValue).joined(separator: ",")
        let metadata: Logger.Metadata = [
            "pool": "\(slot.name)", "flavor": "\(slot.pool.flavorName ?? "")", "lacks": "\(names)",
        ]
        if lacking.isEmpty {
            logger.notice("pool satisfies its flavor", metadata: metadata)
        } else {
            logger.warning("pool no longer satisfies its flavor and takes no new queues of it", metadata: metadata)
        }
    }

    package func shutdown() async {
        for slot in everySlot { await slot.takeDriver()?.shutdown() }
    }

    private func owner(of uri: String) -> String? {
        slots.withLock { $0.values.first { PoolURI.leadToOneStore($0.pool.uri, uri) }?.pool.name }
    }
}

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
    case storage(StorageError)
}

extension Pool {
    /// The name of the pool that serves when no other does, if the operator wants that. No pool that is
    /// registered can have it.
    package static let virtualName = ""
}
