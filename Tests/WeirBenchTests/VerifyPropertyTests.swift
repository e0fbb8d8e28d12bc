import Testing
import WeirBench

/// Whatever a correct server does is clean, and each way to spoil such a history is found.
@Suite struct VerifyPropertyTests {
    /// A delivery by its claim and its place in the answer.
    private struct Spot: Hashable {
        let claim: Int
        let place: Int
    }

    private let second: UInt64 = 1_000_000_000

    private func acknowledged(_ history: History) -> Set<Stamp> {
        let posts = history.posts.filter { if case .acknowledged = $0.outcome { true } else { false } }
        return Set(posts.flatMap(\.stamps))
    }

    private func spots(_ history: History) -> [Stamp: [Spot]] {
        var spots: [Stamp: [Spot]] = [:]
        for (claim, record) in history.claims.enumerated() {
            for (place, delivery) in (record.deliveries ?? []).enumerated() {
                if let stamp = delivery.stamp { spots[stamp, default: []].append(Spot(claim: claim, place: place)) }
            }
        }
        return spots
    }

    private func order(_ left: Stamp, _ right: Stamp) -> Bool {
        (left.producer, left.queue, left.number) < (right.producer, right.queue, right.number)
    }

    @Test("histories of a correct server with every kind of trouble are clean", arguments: 1...150)
    func good(seed: Int) {
        let findings = HistoryChecker.check(VerifyModel.history(seed: UInt64(seed)))
        #expect(findings.isClean, "\(findings.examples)")
        #expect(findings.acknowledged > 100)
    }

    @Test("the histories of the model hold every kind of trouble that can be explained")
    func trouble() {
        let all = (1...20).map { HistoryChecker.check(VerifyModel.history(seed: UInt64($0))) }
        for kind in ["unknown_posts", "unknown_claims", "unknown_deletes", "refused_deletes", "explained_duplicates"] {
            #expect(all.contains { $0.facts.contains { $0.name == kind && $0.count > 0 } }, "\(kind)")
        }
    }

    @Test("a message dropped from every answer is lost", arguments: 1...40)
    func dropped(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed))
        var random = SeededGenerator(seed: UInt64(seed))
        let victim = try #require(acknowledged(history).sorted(by: order).randomElement(using: &random))
        for claim in history.claims.indices { history.claims[claim].deliveries?.removeAll { $0.stamp == victim } }
        #expect(HistoryChecker.check(history).lost == 1)
    }

    /// A delete that was acknowledged soon, of a message that no other delete can have taken.
    private func onlyDelete(_ history: History, seed: Int) throws -> Int {
        var random = SeededGenerator(seed: UInt64(seed))
        let perStamp = Dictionary(grouping: history.deletes.filter { $0.outcome != .refused }, by: \.stamp)
        let fitting = history.deletes.indices.filter { place in
            let delete = history.deletes[place]
            let claim = history.claims[delete.claim]
            return delete.outcome == .acknowledged && perStamp[delete.stamp]?.count == 1
                && delete.answered + 2 * second < claim.sent + claim.ttl
        }
        return try #require(fitting.randomElement(using: &random))
    }

    @Test("a delete that was refused at once, of a message that then is gone, is found", arguments: 1...40)
    func refusedAtOnce(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed))
        history.deletes[try onlyDelete(history, seed: seed)].outcome = .refused
        let findings = HistoryChecker.check(history)
        #expect(findings.refusedWhileHeld == 1 && findings.lost == 1)
    }

    @Test("a message that goes though its delete was refused in time, or was never sent, is found", arguments: 1...40)
    func goneWithoutDelete(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed))
        let place = try onlyDelete(history, seed: seed)
        let claim = history.claims[history.deletes[place].claim]
        var missing = history
        missing.deletes.remove(at: place)
        history.deletes[place].outcome = .refused
        history.deletes[place].answered = claim.answered + claim.ttl
        for findings in [history, missing].map({ HistoryChecker.check($0) }) {
            #expect(findings.refusedWhileHeld == 0 && findings.lost == 1)
        }
    }

    @Test("a message that comes back after its delete was acknowledged is found", arguments: 1...40)
    func resurrected(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed))
        var random = SeededGenerator(seed: UInt64(seed))
        let delete = try #require(history.deletes.filter { $0.outcome == .acknowledged }.randomElement(using: &random))
        let spot = try #require(spots(history)[delete.stamp]?.first)
        var again = history.claims[spot.claim]
        again.deliveries = again.deliveries.map { [$0[spot.place]] }
        again.sent = max(delete.answered, again.answered) + 100 * second
        again.answered = again.sent + second
        history.claims.append(again)
        #expect(HistoryChecker.check(history).unexplainedDuplicates >= 1)
    }

    @Test("a claim that another one overlaps is found", arguments: 1...40)
    func overlapping(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed))
        var random = SeededGenerator(seed: UInt64(seed))
        let victim = try #require(
            history.claims.filter { !($0.deliveries ?? []).isEmpty }.randomElement(using: &random))
        var second = victim
        second.sent += UInt64.random(in: 0...50 * self.second, using: &random)
        second.answered = max(second.sent, victim.answered) + 1
        history.claims.append(second)
        let findings = HistoryChecker.check(history)
        #expect(findings.overlappingClaims >= victim.deliveries?.count ?? 1)
        #expect(findings.unexplainedDuplicates >= findings.overlappingClaims)
    }

    @Test("two messages that changed places in an answer are found", arguments: 1...40)
    func swappedInAnswer(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed))
        let known = acknowledged(history)
        let pairs = history.claims.indices.flatMap { claim -> [(Int, Int, Int)] in
            let stamps = (history.claims[claim].deliveries ?? []).map(\.stamp)
            return stamps.indices.dropFirst().compactMap { place in
                guard let left = stamps[place - 1], let right = stamps[place] else { return nil }
                let fits = left.producer == right.producer && known.contains(left) && known.contains(right)
                return fits ? (claim, place - 1, place) : nil
            }
        }
        var random = SeededGenerator(seed: UInt64(seed))
        let (claim, left, right) = try #require(pairs.randomElement(using: &random))
        history.claims[claim].deliveries?.swapAt(left, right)
        #expect(HistoryChecker.check(history).orderViolations >= 1)
    }

    @Test("two messages that changed places between claims one after the other are found", arguments: 1...40)
    func swappedBetweenClaims(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed), faults: false)
        let once = spots(history).filter { $0.value.count == 1 }.compactMapValues(\.first)
        let ordered = once.keys.sorted(by: order)
        let pairs = zip(ordered, ordered.dropFirst()).filter { left, right in
            guard let first = once[left], let next = once[right] else { return false }
            return left.producer == right.producer && left.queue == right.queue
                && history.claims[first.claim].answered < history.claims[next.claim].sent
        }
        var random = SeededGenerator(seed: UInt64(seed))
        let (left, right) = try #require(pairs.randomElement(using: &random))
        let (first, next) = (try #require(once[left]), try #require(once[right]))
        let moved = history.claims[first.claim].deliveries?[first.place]
        if let back = history.claims[next.claim].deliveries?[next.place], let moved {
            history.claims[first.claim].deliveries?[first.place] = back
            history.claims[next.claim].deliveries?[next.place] = moved
        }
        #expect(HistoryChecker.check(history).orderViolations >= 1)
    }

    @Test("an id that changed between post and claim is found", arguments: 1...20)
    func changedID(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed))
        let known = acknowledged(history)
        let victim = try #require(known.min(by: order))
        let spot = try #require(spots(history)[victim]?.first)
        history.claims[spot.claim].deliveries?[spot.place].id = "another"
        #expect(HistoryChecker.check(history).changedIDs >= 1)
    }

    @Test("a message that nobody posted is found", arguments: 1...20)
    func phantom(seed: Int) throws {
        var history = VerifyModel.history(seed: UInt64(seed))
        var random = SeededGenerator(seed: UInt64(seed))
        let claim = try #require(history.claims.indices.filter { history.claims[$0].deliveries != nil }.first)
        let stamp = Stamp(producer: 0, queue: history.claims[claim].queue, number: 0, token: random.next())
        history.claims[claim].deliveries?.append(History.Delivery(stamp: stamp, id: "nobody's"))
        #expect(HistoryChecker.check(history).phantoms == 1)
    }
}
