/// Order of the acknowledged messages of one producer in one queue. Those of unknown outcome have no place in it: the
/// server may have taken them late.
extension HistoryChecker {
    /// A claim takes the oldest messages and names them in order, whether they come for the first time or again.
    mutating func checkOrderInAnswers() {
        for claim in ledger.claims {
            var last: [Int32: Int32] = [:]
            for delivery in claim.deliveries ?? [] {
                guard let place = ledger.place(delivery.stamp, in: claim.queue) else { continue }
                let message = ledger.messages[place]
                guard message.isAcknowledged else { continue }
                let stamp = message.stamp
                if let before = last[stamp.producer], stamp.number < before {
                    findings.orderViolations += 1
                    findings.explain("order: \(stamp.place) stands behind number \(before) in one answer")
                }
                last[stamp.producer] = max(stamp.number, last[stamp.producer] ?? stamp.number)
            }
        }
    }

    /// A message must not be passed over: if a claim handed out a later one and was answered before any claim that
    /// ever handed out this one was sent, then this one was free, and older, and should have come first.
    ///
    /// What excuses it is a claim of unknown outcome that may have held it meanwhile. Such a claim was sent before the
    /// other was answered, may not have ended when the other was sent, and has ended when the message comes at last;
    /// and it holds no more messages than its limit, so that a few lost claims do not excuse everything.
    mutating func checkOrderBetweenClaims() {
        var unknown: [Int: [History.Claim]] = [:]
        for claim in ledger.claims where claim.deliveries == nil { unknown[claim.queue, default: []].append(claim) }
        var excuses = unknown.mapValues { $0.reduce(0) { $0 + $1.limit } }
        for series in series() {
            let queue = Int(series[0].stamp.queue)
            for (place, overtaker) in passedOver(series, unknown: unknown[queue] ?? []) {
                if let overtaker {
                    findings.orderViolations += 1
                    findings.explain("order: \(series[place].stamp.place) came after number \(overtaker)")
                } else if excuses[queue, default: 0] > 0 {
                    excuses[queue, default: 0] -= 1
                } else {
                    findings.orderViolations += 1
                    findings.explain("order: \(series[place].stamp.place): more passed over than lost claims hold")
                }
            }
        }
    }

    /// The acknowledged messages that came, by producer and queue, in the order of their numbers.
    private func series() -> [[Ledger.Message]] {
        var series: [Stamp: [Ledger.Message]] = [:]
        for message in ledger.messages where message.isAcknowledged && !message.claims.isEmpty {
            var key = message.stamp
            key.number = 0
            key.token = 0
            series[key, default: []].append(message)
        }
        return series.values.map { $0.sorted { $0.stamp.number < $1.stamp.number } }
    }

    /// The messages that were passed over, each with the number of one that overtook it without an excuse, if any.
    private func passedOver(
        _ series: [Ledger.Message], unknown: [History.Claim]
    ) -> [(place: Int, overtaker: Int32?)] {
        var found: [(place: Int, overtaker: Int32?)] = []
        var earliest = (answered: UInt64.max, place: 0)
        for place in series.indices.reversed() {
            let claims = series[place].claims.map { ledger.claims[$0] }
            let sent = claims.map(\.sent).min() ?? .max
            if earliest.answered < sent {
                let excusing = unknown.filter { excuse in
                    claims.allSatisfy { $0.answered + Self.clockTolerance >= excuse.sent + excuse.ttl }
                }
                let overtaker =
                    excusing.isEmpty
                    ? earliest.place : overtaker(in: series, after: place, before: sent, excusing: excusing)
                found.append((place, overtaker.map { series[$0].stamp.number }))
            }
            let answered = claims.map(\.answered).min() ?? .max
            if answered < earliest.answered { earliest = (answered, place) }
        }
        return found
    }

    /// The place of the first later message that came before a moment, by a claim that nothing excuses.
    private func overtaker(
        in series: [Ledger.Message], after place: Int, before sent: UInt64, excusing: [History.Claim]
    ) -> Int? {
        series.indices[(place + 1)...].first { later in
            series[later].claims.contains { claim in
                let claim = ledger.claims[claim]
                return claim.answered < sent && !excusing.contains { Self.mayHold($0, during: claim) }
            }
        }
    }

    /// Whether a claim of unknown outcome may have held messages when the server made the other.
    private static func mayHold(_ unknown: History.Claim, during claim: History.Claim) -> Bool {
        unknown.sent <= claim.answered
            && claim.sent <= unknown.answered + lateness + unknown.ttl + clockTolerance
    }
}
