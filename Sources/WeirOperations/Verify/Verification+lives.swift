internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// A life in a pool.
struct Holding: Sendable {
    let slot: PoolSlot
    let held: HeldLife
}

/// The walk through the lives in all pools at once, in their order: so those of one life come together.
extension Verification {
    /// Goes on after this life until the time is up. Nil if all were looked at.
    mutating func walkLives(after start: QueueLife) async throws(OperationError) -> QueueLife? {
        var last = start
        while true {
            let (holdings, end) = try await holdings(after: last)
            let groups = Dictionary(grouping: holdings) { $0.held.life }
            let known = try await operation(try await operations.catalog.store.existing(Array(groups.keys)))
            for (life, group) in groups.sorted(by: { $0.key < $1.key }) {
                let step = self
                try add(
                    await outcome { () async throws(VerifyFailure) in
                        try await step.check(life, group, isKnown: known.contains(life))
                    })
                lives += group.count
                last = life
                if isTimeUp { return last }
            }
            guard let end else { return nil }
            last = end
        }
    }

    /// The next lives of all pools, as far as each was asked; and how far that is, nil if nothing is left.
    private mutating func holdings(
        after last: QueueLife
    ) async throws(OperationError) -> (holdings: [Holding], end: QueueLife?) {
        let slots = pools
        let limit = max(VerifyLimits.livesOfPool, VerifyLimits.lives / max(1, slots.count))
        var found: [Holding] = []
        var end: QueueLife?
        for slot in slots {
            do throws(VerifyFailure) {
                let page = try await at(slot) { pool throws(StorageError) in
                    try await pool.lives(after: last, limit: limit)
                }
                found += page.map { Holding(slot: slot, held: $0) }
                if page.count == limit, let life = page.last?.life { end = min(end ?? life, life) }
            } catch {
                try add(.failure(error))
            }
        }
        guard let end else { return (found, nil) }
        return (found.filter { $0.held.life <= end }, end)
    }

    // MARK: One life

    private func check(
        _ life: QueueLife, _ group: [Holding], isKnown: Bool
    ) async throws(VerifyFailure) -> [VerifyFinding] {
        guard isKnown else { return try await orphans(life, group) }
        var found: [VerifyFinding] = []
        for holding in group { found += try await leftovers(holding) }
        return found + (try await doubleMapping(life, group))
    }

    /// Two that served the same epochs before and after there was no migration: no move explains that, for each takes an
    /// epoch of its own.
    private func doubleMapping(
        _ life: QueueLife, _ group: [Holding]
    ) async throws(VerifyFailure) -> [VerifyFinding] {
        let servers = group.filter { $0.held.role == .serving }
        guard servers.count > 1, let first = servers.first, try await !moves(life) else { return [] }
        for server in servers {
            let now = try await held(life, in: server.slot)
            guard now?.role == .serving, now?.epoch == server.held.epoch else { return [] }
        }
        let words = servers.map { "'\($0.slot.name)' (epoch \($0.held.epoch.value))" }
        let detail = "the queue is served by several pools: \(words.joined(separator: ", "))"
        return [VerifyFinding(.doubleMapping, first.slot.name, life: life, detail)]
    }

    // MARK: Orphans

    /// No pool learns of a life before the catalog has it: so one that the catalog does not have after it was seen in a
    /// pool was deleted. If the pool still holds it after the catalog is not waiting for its retirement any more, nobody
    /// will retire it.
    private func orphans(_ life: QueueLife, _ group: [Holding]) async throws(VerifyFailure) -> [VerifyFinding] {
        guard life.minted.adding(seconds: VerifyLimits.orphanSeconds) < operations.clock.now(),
            try await !moves(life), try await !isRetiring(life)
        else { return [] }
        var found: [VerifyFinding] = []
        for holding in group where try await held(life, in: holding.slot) == holding.held {
            var finding = VerifyFinding(
                .orphan, holding.slot.name, life: life, "the pool holds a queue that the catalog does not have")
            if isRepairing { finding.isRepaired = try await retire(holding) }
            found.append(finding)
        }
        return found
    }

    private func isRetiring(_ life: QueueLife) async throws(VerifyFailure) -> Bool {
        let next = try await atCatalog { store throws(StorageError) in
            try await store.retirements(after: QueueLife(life.value - 1), limit: 1)
        }
        return next.first?.ref.life == life
    }

    /// False if the pool serves a later epoch meanwhile.
    private func retire(_ holding: Holding) async throws(VerifyFailure) -> Bool {
        let queue = QueueRef(life: holding.held.life, epoch: holding.held.epoch)
        do throws(VerifyFailure) {
            try await at(holding.slot) { pool throws(StorageError) in
                try await pool.retire(queue, now: operations.clock.now())
            }
            return true
        } catch .pool(_, .staleRoute) {
            return false
        }
    }
}
