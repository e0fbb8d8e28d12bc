import Testing
import WeirBench

/// Histories written by hand: for each kind of violation one that must be caught, and one that only looks like it.
@Suite struct VerifyCheckerTests {
    let second: UInt64 = 1_000_000_000

    func stamp(_ number: Int, queue: Int = 0, producer: Int = 0, token: UInt64 = 0) -> Stamp {
        Stamp(producer: producer, queue: queue, number: number, token: token)
    }

    func id(_ stamp: Stamp) -> String { "\(stamp.producer)-\(stamp.queue)-\(stamp.number)" }

    func post(_ stamps: Stamp...) -> History.Post {
        History.Post(stamps, .acknowledged(ids: stamps.map(id)))
    }

    /// A claim of 60 s, answered a second after it was sent unless said otherwise.
    func claim(
        _ stamps: [Stamp]?, at seconds: UInt64, until end: UInt64? = nil, limit: Int = 10
    ) -> History.Claim {
        History.Claim(
            queue: 0, sent: seconds * second, answered: (end ?? seconds + 1) * second, ttl: 60 * second, limit: limit,
            deliveries: stamps.map { $0.map { History.Delivery(stamp: $0, id: id($0)) } })
    }

    /// A delete by the first claim unless said otherwise, sent a second before it was answered.
    func delete(
        _ stamp: Stamp, at seconds: UInt64, _ outcome: History.Delete.Outcome = .acknowledged, by claim: Int = 0,
        sent: UInt64? = nil
    ) -> History.Delete {
        History.Delete(
            stamp, claim: claim, sent: (sent ?? seconds - 1) * second, answered: seconds * second, outcome)
    }

    /// - Parameter isFinished: whether all that was handed out is deleted at the end.
    func check(
        _ posts: [History.Post], _ claims: [History.Claim], _ deletes: [History.Delete] = [],
        isFinished: Bool = true, isDrained: Bool = true, leftovers: [History.Leftover] = []
    ) -> Findings {
        var history = History()
        history.posts = posts
        history.claims = claims
        history.deletes = deletes
        history.isDrained = isDrained
        history.leftovers = leftovers
        if isFinished {
            let deleted = Set(deletes.filter { $0.outcome == .acknowledged }.map(\.stamp))
            let stamps = Set(claims.flatMap { ($0.deliveries ?? []).compactMap(\.stamp) }).subtracting(deleted)
            history.deletes += stamps.map { delete($0, at: 10_000) }
        }
        return HistoryChecker.check(history)
    }

    /// The same, with every delete and every leftover written down.
    func checkAll(
        _ posts: [History.Post], _ claims: [History.Claim], _ deletes: [History.Delete],
        isDrained: Bool = true, leftovers: History.Leftover...
    ) -> Findings {
        check(posts, claims, deletes, isFinished: false, isDrained: isDrained, leftovers: leftovers)
    }

    func leftover(_ stamp: Stamp) -> History.Leftover {
        History.Leftover(queue: Int(stamp.queue), stamp: stamp, id: id(stamp))
    }

    /// The violations found, without those that were not.
    func violations(_ findings: Findings) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: findings.violations.filter { $0.count > 0 }.map { ($0.name, $0.count) })
    }

    // MARK: Loss

    @Test("an acknowledged message that never came is lost")
    func lost() {
        let findings = check([post(stamp(0), stamp(1))], [claim([stamp(0)], at: 1)])
        #expect(violations(findings) == ["lost": 1])
        #expect(findings.acknowledged == 2 && findings.consumed == 1)
        #expect(findings.examples == ["lost: producer 0, queue 0, number 1, id 0-0-1"])
    }

    @Test("what a run had no time to claim is not lost, and everything else counts")
    func notClaimed() {
        var history = History()
        history.posts = [post(stamp(0), stamp(1), stamp(2)), History.Post([stamp(3)], .unknown)]
        history.claims = [claim([stamp(2)], at: 1), claim([stamp(2)], at: 100)]
        history.deletes = [delete(stamp(2), at: 3)]
        history.isDrained = false
        let findings = HistoryChecker.check(history)
        #expect(violations(findings) == ["unexplained_duplicates": 1])
        #expect(findings.notClaimed == 2)
    }

    @Test("a message of unknown outcome may be there or not, and a refused one need not be")
    func unknown() {
        let posts = [
            History.Post([stamp(0)], .unknown), History.Post([stamp(1)], .unknown),
            History.Post([stamp(2)], .refused),
        ]
        let findings = check(posts, [claim([stamp(1)], at: 1)])
        #expect(findings.isClean)
        #expect(findings.acknowledged == 0 && findings.unknownPosts == 2 && findings.consumed == 1)
    }

    @Test("an empty history is clean and shows nothing")
    func empty() {
        #expect(check([], []) == Findings())
    }

    // MARK: Duplicates

    @Test("a message that comes after its delete was acknowledged is an unexplained duplicate")
    func resurrected() {
        let findings = check(
            [post(stamp(0))], [claim([stamp(0)], at: 1), claim([stamp(0)], at: 100)], [delete(stamp(0), at: 3)])
        #expect(violations(findings) == ["unexplained_duplicates": 1])
        #expect(findings.explainedDuplicates == 0)
    }

    @Test(
        "a message may come again after its claim has ended if its delete is unknown, refused or missing",
        arguments: [History.Delete.Outcome.unknown, .refused, nil])
    func explained(outcome: History.Delete.Outcome?) {
        let first = outcome.map { [delete(stamp(0), at: 60, $0)] } ?? []
        let findings = check(
            [post(stamp(0))], [claim([stamp(0)], at: 1), claim([stamp(0)], at: 61)],
            first + [delete(stamp(0), at: 63, by: 1)])
        #expect(findings.isClean)
        #expect(findings.explainedDuplicates == 1)
        #expect(findings.unknownDeletes == (outcome == .unknown ? 1 : 0))
        #expect(findings.refusedDeletes == (outcome == .refused ? 1 : 0))
    }

    @Test("a delete that is acknowledged while the next claim is on its way does not forbid that claim")
    func deleteDuringClaim() {
        let findings = check(
            [post(stamp(0))], [claim([stamp(0)], at: 1), claim([stamp(0)], at: 100, until: 102)],
            [delete(stamp(0), at: 101)])
        #expect(findings.isClean)
        #expect(findings.explainedDuplicates == 1)
    }

    // MARK: Claims

    @Test("two claims that hold a message at once overlap, whatever became of its delete", arguments: [false, true])
    func overlap(hasUnknownDelete: Bool) {
        let findings = check(
            [post(stamp(0))], [claim([stamp(0)], at: 1), claim([stamp(0)], at: 40)],
            hasUnknownDelete ? [delete(stamp(0), at: 3, .unknown)] : [])
        #expect(violations(findings) == ["overlapping_claims": 1, "unexplained_duplicates": 1])
    }

    @Test("claims on their way at the same time may not both have a message")
    func concurrentOverlap() {
        let findings = check([post(stamp(0))], [claim([stamp(0)], at: 1, until: 5), claim([stamp(0)], at: 2)])
        #expect(violations(findings) == ["overlapping_claims": 1, "unexplained_duplicates": 1])
    }

    @Test("a claim that was answered so late that the other may have ended before does not overlap")
    func lateAnswer() {
        #expect(check([post(stamp(0))], [claim([stamp(0)], at: 1), claim([stamp(0)], at: 40, until: 61)]).isClean)
        let tooEarly = check([post(stamp(0))], [claim([stamp(0)], at: 1), claim([stamp(0)], at: 40, until: 59)])
        #expect(tooEarly.overlappingClaims == 1)
    }

    @Test("a claim that was sent first may be made last, when the other has ended")
    func overtakenClaim() {
        let claims = [claim([stamp(0)], at: 1, until: 70), claim([stamp(0)], at: 2)]
        #expect(check([post(stamp(0))], claims).isClean)
    }

    @Test("a message twice in one answer is an overlap")
    func twiceInOneAnswer() {
        let findings = check([post(stamp(0))], [claim([stamp(0), stamp(0)], at: 1)])
        #expect(violations(findings) == ["overlapping_claims": 1, "unexplained_duplicates": 1])
    }

    @Test("each delivery is counted once: two after one another that end in time, and one that does not")
    func chain() {
        let claims = [1, 62, 123, 130].map { claim([stamp(0)], at: $0) }
        let findings = check([post(stamp(0))], claims.reversed())
        #expect(violations(findings) == ["overlapping_claims": 1, "unexplained_duplicates": 1])
        #expect(findings.explainedDuplicates == 2)
    }

    @Test("a longer claim still holds when a shorter one after it has ended")
    func longerClaim() {
        var long = claim([stamp(0)], at: 1)
        long.ttl = 600 * second
        let findings = check(
            [post(stamp(0))], [long, claim([stamp(0)], at: 10), claim([stamp(0)], at: 100)])
        #expect(findings.overlappingClaims == 2)
    }

    // MARK: Order in an answer

    @Test("an answer that names a later message first is out of order")
    func orderInAnswer() {
        let findings = check([post(stamp(0)), post(stamp(1))], [claim([stamp(1), stamp(0)], at: 1)])
        #expect(violations(findings) == ["order_violations": 1])
    }

    @Test("messages of different producers, and those of unknown outcome, may stand in any order")
    func noOrderInAnswer() {
        let other = stamp(0, producer: 1)
        let posts = [History.Post([stamp(0)], .unknown), post(stamp(1)), post(stamp(2)), post(other)]
        #expect(check(posts, [claim([stamp(1), stamp(0), stamp(2), other], at: 1)]).isClean)
    }

    // MARK: Order between claims

    @Test("a message that comes after a later one was answered is out of order")
    func passedOver() {
        let findings = check(
            [post(stamp(0)), post(stamp(1))], [claim([stamp(1)], at: 1), claim([stamp(0)], at: 3)])
        #expect(violations(findings) == ["order_violations": 1])
        #expect(findings.examples == ["order: producer 0, queue 0, number 0 came after number 1"])
    }

    @Test("each message that was passed over counts once, however many overtook it")
    func manyPassedOver() {
        let stamps = (0..<6).map { stamp($0) }
        let claims = [[4, 5], [2, 3], [0], [1]].enumerated().map { index, numbers in
            claim(numbers.map { stamps[$0] }, at: UInt64(index * 2))
        }
        #expect(violations(check(stamps.map { post($0) }, claims)) == ["order_violations": 4])
    }

    @Test("a lost claim excuses one overtaker and not another that came before it")
    func otherOvertaker() {
        let posts = [post(stamp(0), stamp(1), stamp(2))]
        let claims = [claim([stamp(2)], at: 1), claim(nil, at: 5), claim([stamp(1)], at: 7), claim([stamp(0)], at: 70)]
        let findings = check(posts, claims)
        #expect(findings.orderViolations == 2)
        #expect(findings.examples.contains("order: producer 0, queue 0, number 0 came after number 2"))
        #expect(check(posts, Array(claims.dropFirst()) + [claim([stamp(2)], at: 80)]).isClean)
    }

    @Test("claims on their way at the same time may come back in any order")
    func concurrentClaims() {
        let findings = check(
            [post(stamp(0)), post(stamp(1))], [claim([stamp(1)], at: 1, until: 4), claim([stamp(0)], at: 3)])
        #expect(findings.isClean)
    }

    @Test("a message that comes again is not out of order")
    func redelivered() {
        let findings = check(
            [post(stamp(0)), post(stamp(1))],
            [claim([stamp(0)], at: 1), claim([stamp(1)], at: 3), claim([stamp(0)], at: 70)])
        #expect(findings.isClean && findings.explainedDuplicates == 1)
    }

    @Test("a message of unknown outcome may come late")
    func lateUnknown() {
        let posts = [History.Post([stamp(0)], .unknown), post(stamp(1))]
        #expect(check(posts, [claim([stamp(1)], at: 1), claim([stamp(0)], at: 3)]).isClean)
    }

    @Test("a lost claim excuses what it may have held: it ends before the message comes, and begins before the other")
    func lostClaim() {
        let posts = [post(stamp(0)), post(stamp(1))]
        let after = claim([stamp(1)], at: 3)
        #expect(check(posts, [claim(nil, at: 1), after, claim([stamp(0)], at: 62)]).isClean)
        let tooEarly = check(posts, [claim(nil, at: 1), after, claim([stamp(0)], at: 50)])
        #expect(violations(tooEarly) == ["order_violations": 1])
        let beganLater = check(posts, [claim(nil, at: 5), after, claim([stamp(0)], at: 70)])
        #expect(violations(beganLater) == ["order_violations": 1])
    }

    @Test("a lost claim that must have ended before excuses nothing")
    func endedLostClaim() {
        let findings = check(
            [post(stamp(0)), post(stamp(1))],
            [claim(nil, at: 1), claim([stamp(1)], at: 100), claim([stamp(0)], at: 110)])
        #expect(violations(findings) == ["order_violations": 1])
    }

    @Test("a lost claim of another queue excuses nothing")
    func lostClaimElsewhere() {
        var elsewhere = claim(nil, at: 1)
        elsewhere.queue = 1
        // The one here holds something, but began too late to hold what was passed over.
        let claims = [elsewhere, claim([stamp(1)], at: 3), claim(nil, at: 5), claim([stamp(0)], at: 70)]
        let findings = check([post(stamp(0)), post(stamp(1))], claims)
        #expect(violations(findings) == ["order_violations": 1])
    }

    @Test("lost claims excuse no more messages than they can hold")
    func tooManyExcuses() {
        let posts = [post(stamp(0), stamp(1), stamp(2))]
        let claims = [claim([stamp(2)], at: 3), claim([stamp(0), stamp(1)], at: 62)]
        #expect(check(posts, [claim(nil, at: 1, limit: 2)] + claims).isClean)
        #expect(check(posts, [claim(nil, at: 1, limit: 1)] + claims).orderViolations == 1)
    }

    // MARK: Phantoms and ids

    @Test("what nobody posted, what was refused, and what was posted elsewhere are phantoms")
    func phantoms() {
        let elsewhere = stamp(0, queue: 1)
        let posts = [post(stamp(0)), post(elsewhere), History.Post([stamp(1)], .refused)]
        let stranger = stamp(0, token: 7)
        var claims = [claim([stamp(0), stranger, stamp(1), elsewhere], at: 1)]
        claims[0].deliveries?.append(History.Delivery(stamp: nil, id: "x"))
        #expect(violations(check(posts, claims)) == ["phantoms": 4, "lost": 1])
    }

    @Test("a message that comes under another id than it was acknowledged with, or later under another, has changed it")
    func changedIDs() {
        var claims = [claim([stamp(0), stamp(1)], at: 1), claim([stamp(1)], at: 70)]
        claims[0].deliveries?[0].id = "other"
        claims[1].deliveries?[0].id = "other still"
        let posts = [post(stamp(0)), History.Post([stamp(1)], .unknown)]
        #expect(violations(check(posts, claims)) == ["changed_ids": 2])
    }

    @Test("two messages under one id in a queue are caught; in two queues they are not one another's business")
    func sharedIDs() {
        let posts = [History.Post([stamp(0)], .unknown), History.Post([stamp(1)], .unknown)]
        var claims = [claim([stamp(0), stamp(1)], at: 1)]
        claims[0].deliveries?[1].id = id(stamp(0))
        #expect(violations(check(posts, claims)) == ["changed_ids": 1])

        let elsewhere = stamp(1, queue: 1)
        var other = claim([elsewhere], at: 1)
        other.queue = 1
        other.deliveries?[0].id = id(stamp(0))
        let twoQueues = [posts[0], History.Post([elsewhere], .unknown)]
        #expect(check(twoQueues, [claim([stamp(0)], at: 1), other]).isClean)
    }

    @Test("examples are kept to a bound, counts are not")
    func manyExamples() {
        let findings = check((0..<100).map { post(stamp($0)) }, [])
        #expect(findings.lost == 100)
        #expect(findings.examples.count == Findings.maximumExamples)
    }
}
