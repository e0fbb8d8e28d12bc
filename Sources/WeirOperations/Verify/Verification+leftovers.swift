internal import WeirCatalog
internal import WeirDomain
internal import WeirStorage

/// What migrations leave behind.
extension Verification {
    /// A migration that is over does nothing more: what is there afterwards stays.
    func leftovers(_ holding: Holding) async throws(VerifyFailure) -> [VerifyFinding] {
        guard let number = holding.held.migration else { return [] }
        let record = try await atCatalog { store throws(StorageError) in try await store.migration(number) }
        let isOver = record?.hasEnded ?? true
        if !isOver, let record, record.life == holding.held.life, [record.from, record.to].contains(holding.slot.name) {
            return []
        }
        guard try await held(holding.held.life, in: holding.slot) == holding.held else { return [] }
        let reason = isOver ? "is over" : "concerns other pools"
        var finding = VerifyFinding(
            .leftover, holding.slot.name, life: holding.held.life,
            "the pool holds \(holding.held.trace) of migration '\(number)', which \(reason)")
        // What another migration claims is left to people: two names may stand for the same store.
        if isRepairing, isOver { finding.isRepaired = try await removeLeftover(holding, of: number) }
        return [finding]
    }

    /// Whether it is gone then.
    private func removeLeftover(_ holding: Holding, of number: Int64) async throws(VerifyFailure) -> Bool {
        do throws(VerifyFailure) {
            while try await removeSome(holding, of: number) {}
        } catch .pool(_, .staleRoute) {
            // The queue has moved here meanwhile, or another migration has begun.
        }
        return try await held(holding.held.life, in: holding.slot)?.migration != number
    }

    /// True if there may be more.
    private func removeSome(_ holding: Holding, of number: Int64) async throws(VerifyFailure) -> Bool {
        let held = holding.held
        return try await at(holding.slot) { pool throws(StorageError) in
            guard held.role == .serving else {
                let last = MoveTurn(migration: number, turn: MoveTurn.maximum)
                return try await pool.clear(held.life, turn: last, limit: VerifyLimits.clearedPerStep)
            }
            let queue = QueueRef(life: held.life, epoch: held.epoch)
            return try await pool.endCapture(of: queue, for: number, limit: VerifyLimits.clearedPerStep)
        }
    }
}

extension HeldLife {
    /// The migration of which something is here.
    fileprivate var migration: Int64? {
        switch role {
        case .serving: capture ?? fence?.migration
        case .importing(let turn), .moved(let turn): turn.migration
        }
    }

    /// What of it is here.
    fileprivate var trace: String {
        switch role {
        case .serving: fence == nil ? "the capture of changes" : "the fence and the capture of changes"
        case .importing: "a copy that is not complete"
        case .moved: "the copy that was left"
        }
    }
}
