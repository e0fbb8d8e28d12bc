internal import WeirCatalog
package import WeirDomain
internal import WeirStorage

extension Operations {
    /// Deletes one message. A claimed one needs the id of its claim; a missing one is no error.
    package func deleteMessage(
        _ id: String, holding claim: String?, in key: QueueKey
    ) async throws(OperationError) {
        guard let message = MessageID(id) else { return }
        let claimID = claim.flatMap { ClaimID($0) }
        let now = clock.now()
        let outcome = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                if claim != nil && claimID == nil {
                    // Not the shape of a claim id, so no live claim: unless the message is missing anyway.
                    let found = try await driver.messages([message], in: route.ref, now: now)
                    return found.isEmpty ? DeleteOutcome.missing : .claimNotLive
                }
                return try await driver.delete(message, holding: claimID, in: route.ref, now: now)
            })
        switch outcome {
        case nil, .deleted, .missing: return
        case .claimed:
            throw .deletionForbidden("Message '\(id)' is claimed: claim_id must name its claim.")
        case .claimedByAnother:
            throw .deletionForbidden("Message '\(id)' is claimed by another claim than '\(claim ?? "")'.")
        case .claimNotLive:
            throw .deletionClaimInvalid("claim_id: claim '\(claim ?? "")' does not exist or has expired.")
        case .notClaimed:
            throw .deletionClaimInvalid("claim_id: message '\(id)' is not claimed.")
        }
    }

    /// Deletes messages whoever has claimed them, or, if `claims` are given, only if each that exists is held by one
    /// of these live claims. Ids that name no message are no error.
    package func deleteMessages(
        _ ids: [String], demanding claims: [String]?, in key: QueueKey
    ) async throws(OperationError) {
        guard (1...limits.messagesPerPage).contains(ids.count) else {
            throw .invalidRequest("ids: \(ids.count) ids given; 1 to \(limits.messagesPerPage) are allowed.")
        }
        // Each message is held by one claim, so more claims than ids are of no use.
        guard claims?.count ?? 0 <= limits.messagesPerPage else {
            throw .invalidRequest(
                "claim_ids: \(claims?.count ?? 0) claims given; at most \(limits.messagesPerPage) are allowed.")
        }
        let messages = ids.compactMap { MessageID($0) }
        let claimIDs = claims?.compactMap { ClaimID($0) }
        let now = clock.now()
        let outcome = try await operation(
            try await catalog.withPool(of: key) { driver, route throws(StorageError) in
                try await driver.delete(messages, demanding: claimIDs, in: route.ref, now: now)
            })
        guard case .refused(let refused)? = outcome else { return }
        throw .deletionForbidden("claim_ids: message '\(refused.text)' is not held by any of the claims given.")
    }
}
