extension HistoryChecker {
    /// Lost messages, and deliveries of a message again. What is gone is lost only if there was time to claim it.
    ///
    /// A claim holds a message for its ttl from a moment between `sent` and `answered`, and nothing but the end of the
    /// ttl makes it free: claims of a run are never released, and a delete leaves the message gone or still held. So a
    /// delete of unknown outcome explains a later delivery only once the claim may have ended.
    mutating func checkDeliveries() {
        for message in ledger.messages {
            if isDrained {
                checkLoss(message)
            } else if message.isAcknowledged && message.claims.isEmpty {
                findings.notClaimed += 1
            }
            if message.claims.count > 1 { checkRepeats(message) }
        }
    }

    /// Refusals of deletes that came before the claim can have ended: no ttl is over before `sent + ttl`, and a message
    /// that is gone already is no reason to refuse.
    mutating func checkRefusals() {
        for delete in ledger.deletes where delete.outcome == .refused {
            let claim = ledger.claims[delete.claim]
            guard delete.answered + Self.clockTolerance < claim.sent + claim.ttl else { continue }
            findings.refusedWhileHeld += 1
            let asked = Self.milliseconds(from: claim.answered, to: delete.sent)
            let answered = Self.milliseconds(from: claim.sent, to: delete.answered)
            findings.explain(
                "refused while held: \(delete.stamp.place), whose delete was sent \(asked) ms after the answer to"
                    + " its claim and refused \(answered) ms after that was sent;"
                    + " it holds for \(claim.ttl / 1_000_000) ms")
        }
    }

    private static func milliseconds(from start: UInt64, to end: UInt64) -> UInt64 {
        end < start ? 0 : (end - start) / 1_000_000
    }

    /// A message that was acknowledged or handed out was there, and nothing but a delete takes it away.
    private mutating func checkLoss(_ message: Ledger.Message) {
        guard !message.isLeftOver else { return }
        if message.claims.isEmpty {
            guard message.isAcknowledged else { return }
        } else {
            guard message.deletedAt == nil, !message.unknownDeletes.contains(where: { mayHaveTaken(message, $0) })
            else { return }
        }
        findings.lost += 1
        let reason = message.claims.isEmpty ? "" : ", handed out and gone without a delete"
        findings.explain("lost: \(message.stamp.place), id \(message.id ?? "unknown")\(reason)")
    }

    /// Whether a delete by this claim can have been the end of the message: not if a claim that was certainly made
    /// later handed it out again, for then this one had ended without it.
    private func mayHaveTaken(_ message: Ledger.Message, _ claim: Int) -> Bool {
        !message.claims.contains { ledger.claims[$0].sent > ledger.claims[claim].answered }
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
