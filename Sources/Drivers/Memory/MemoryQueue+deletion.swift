import WeirDomain

extension MemoryQueue {
    mutating func delete(_ id: MessageID, holding claim: ClaimID?, now: Timestamp) -> DeleteOutcome {
        guard let place = place(of: id, at: now) else { return .missing }
        let isClaimed = messages[place].isClaimed(at: now)
        if let claim {
            guard isLive(claim, at: now) else { return .claimNotLive }
            guard isClaimed else { return .notClaimed }
            guard messages[place].claim == claim else { return .claimedByAnother }
        } else if isClaimed {
            return .claimed
        }
        delete([place])
        return .deleted
    }

    mutating func delete(_ ids: [MessageID], demanding claims: [ClaimID]?, now: Timestamp)
        -> BulkDeleteOutcome
    {
        if let claims, let refused = ids.first(where: { !mayDelete($0, demanding: claims, now: now) }) {
            return .refused(refused)
        }
        delete(Set(ids.compactMap { place(of: $0, at: now) }).sorted())
        return .deleted
    }

    /// A message that is not there may be deleted; any other must be in one of the claims.
    private func mayDelete(_ id: MessageID, demanding claims: [ClaimID], now: Timestamp) -> Bool {
        guard let place = place(of: id, at: now) else { return true }
        guard let holder = messages[place].claim, messages[place].isClaimed(at: now) else { return false }
        return claims.contains(holder)
    }
}
