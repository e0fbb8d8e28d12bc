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
            var isMore = true
            while isMore {
                isMore = try await at(holding.slot) { pool throws(StorageError) in
                    try await pool.clearTraces(of: number, from: holding.held, limit: VerifyLimits.clearedPerStep)
                }
            }
        } catch .pool(_, .staleRoute) {
            // The queue has moved here meanwhile, or another migration has begun.
        }
        return try await held(holding.held.life, in: holding.slot)?.migration != number
    }
}

extension HeldLife {
    /// What of it is here.
    fileprivate var trace: String {
        switch role {
        case .serving: fence == nil ? "the capture of changes" : "the fence and the capture of changes"
        case .importing: "a copy that is not complete"
        case .moved: "the copy that was left"
        }
    }
}
