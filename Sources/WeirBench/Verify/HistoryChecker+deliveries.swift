extension HistoryChecker {
    /// Lost messages, and deliveries of a message again. What nobody claimed is lost only if there was time to.
    ///
    /// A claim holds a message for its ttl from a moment between `sent` and `answered`, and nothing but the end of the
    /// ttl makes it free: claims of a run are never released, and a delete leaves the message gone or still held. So a
    /// delete of unknown outcome explains a later delivery only once the claim may have ended.
    mutating func checkDeliveries() {
        for message in ledger.messages {
            if message.claims.isEmpty {
                guard message.isAcknowledged else { continue }
                guard isDrained else {
                    findings.notClaimed += 1
                    continue
                }
                findings.lost += 1
                findings.explain("lost: \(message.stamp.place), id \(message.id ?? "unknown")")
            } else if message.claims.count > 1 {
                checkRepeats(message)
            }
        }
    }

    private mutating func checkRepeats(_ message: Ledger.Message) {
        let claims = message.claims.map { ledger.claims[$0] }.sorted { $0.sent < $1.sent }
        // Of the claims before, the one whose hold ends last: if that one may have ended, all may have.
        var longest = claims[0]
        for claim in claims.dropFirst() {
            let overlaps = !Self.canFollow(claim, longest) && !Self.canFollow(longest, claim)
            let isResurrected = message.deletedAt.map { claim.sent > $0 } ?? false
            if overlaps { findings.overlappingClaims += 1 }
            if overlaps || isResurrected {
                findings.unexplainedDuplicates += 1
                let reason = isResurrected ? "its delete was acknowledged" : "another claim held it"
                findings.explain("unexplained duplicate: \(message.stamp.place) came again though \(reason)")
            } else {
                findings.explainedDuplicates += 1
            }
            if claim.sent + claim.ttl > longest.sent + longest.ttl { longest = claim }
        }
    }

    /// Whether the second claim may have ended when the server made the first.
    private static func canFollow(_ later: History.Claim, _ earlier: History.Claim) -> Bool {
        later.answered + clockTolerance >= earlier.sent + earlier.ttl
    }
}
