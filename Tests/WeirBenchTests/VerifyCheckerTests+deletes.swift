import Testing
import WeirBench

/// What became of deletes: messages that went without one, refusals, and what is listed at the end.
extension VerifyCheckerTests {
    // MARK: Loss after a delivery

    @Test("a message that is gone though all its deletes were refused, or there was none, is lost")
    func goneWithoutDelete() {
        let late = delete(stamp(0), at: 62, .refused)
        let findings = checkAll([post(stamp(0))], [claim([stamp(0)], at: 1)], [late])
        #expect(violations(findings) == ["lost": 1])
        let sentence = "lost: producer 0, queue 0, number 0, id 0-0-0, handed out and gone without a delete"
        #expect(findings.examples == [sentence])
        #expect(violations(checkAll([post(stamp(0))], [claim([stamp(0)], at: 1)], [])) == ["lost": 1])
        // It was there, whatever became of its post.
        let unknown = History.Post([stamp(0)], .unknown)
        #expect(violations(checkAll([unknown], [claim([stamp(0)], at: 1)], [late])) == ["lost": 1])
    }

    @Test("a delete of unknown outcome may have taken a message whose other delete was refused")
    func goneByUnknownDelete() {
        let claims = [claim([stamp(0)], at: 1), claim([stamp(0)], at: 63)]
        let deletes = [delete(stamp(0), at: 62, .refused), delete(stamp(0), at: 65, .unknown, by: 1)]
        #expect(checkAll([post(stamp(0))], claims, deletes).isClean)
        #expect(checkAll([post(stamp(0))], [claims[0]], [delete(stamp(0), at: 3, .unknown)]).isClean)
        // Which of the two claims was made first is not known.
        let side = [claim([stamp(0)], at: 1, until: 70), claim([stamp(0)], at: 2)]
        let sideDeletes = [delete(stamp(0), at: 5, .unknown, by: 1), delete(stamp(0), at: 140, .refused)]
        #expect(checkAll([post(stamp(0))], side, sideDeletes).isClean)
    }

    @Test("a delete of unknown outcome has not taken a message that came again after its claim")
    func goneAfterUnknownDelete() {
        let claims = [claim([stamp(0)], at: 1), claim([stamp(0)], at: 63)]
        let deletes = [delete(stamp(0), at: 3, .unknown), delete(stamp(0), at: 130, .refused, by: 1)]
        #expect(violations(checkAll([post(stamp(0))], claims, deletes)) == ["lost": 1])
    }

    @Test("what was refused in time and had no time to come again is not lost")
    func goneUndrained() {
        let deletes = [delete(stamp(0), at: 62, .refused)]
        #expect(checkAll([post(stamp(0))], [claim([stamp(0)], at: 1)], deletes, isDrained: false).isClean)
    }

    // MARK: Refusals

    @Test("a delete that is refused while its claim lasts is a violation, and its message lost if it never comes again")
    func refusedAtOnce() {
        let deletes = [delete(stamp(0), at: 3, .refused)]
        let findings = checkAll([post(stamp(0))], [claim([stamp(0)], at: 1)], deletes)
        #expect(violations(findings) == ["lost": 1, "refused_while_held": 1])
        let sentence =
            "refused while held: producer 0, queue 0, number 0, whose delete was sent 0 ms after the answer to"
            + " its claim and refused 2000 ms after that was sent; it holds for 60000 ms"
        #expect(findings.examples.last == sentence)
        let again = [claim([stamp(0)], at: 1), claim([stamp(0)], at: 62)]
        let gone = deletes + [delete(stamp(0), at: 64, by: 1)]
        #expect(violations(checkAll([post(stamp(0))], again, gone)) == ["refused_while_held": 1])
        let undrained = checkAll([post(stamp(0))], [claim([stamp(0)], at: 1)], deletes, isDrained: false)
        #expect(violations(undrained) == ["refused_while_held": 1])
    }

    @Test(
        "a refusal is allowed from the first moment in which the claim may have ended, clocks included",
        arguments: [(59, 1), (60, 0), (61, 0), (100, 0)])
    func refusedInTime(answered: UInt64, count: Int) {
        let claims = [claim([stamp(0)], at: 1, until: 4), claim([stamp(0)], at: 101)]
        let deletes = [
            delete(stamp(0), at: answered, .refused, sent: 5), delete(stamp(0), at: 103, by: 1),
        ]
        #expect(checkAll([post(stamp(0))], claims, deletes).refusedWhileHeld == count)
    }

    @Test("a refusal is measured by the claim that the delete named, not by another one of the message")
    func refusedByName() {
        let claims = [claim([stamp(0)], at: 1), claim([stamp(0)], at: 63)]
        let old = [delete(stamp(0), at: 65, .refused), delete(stamp(0), at: 66, by: 1)]
        #expect(checkAll([post(stamp(0))], claims, old).isClean)
        let new = [delete(stamp(0), at: 65, .refused, by: 1), delete(stamp(0), at: 66, by: 1)]
        #expect(violations(checkAll([post(stamp(0))], claims, new)) == ["refused_while_held": 1])
    }

    // MARK: What is left

    @Test("what is listed and never comes is stuck, whether it was deleted, never came, or nobody wrote it")
    func stuck() {
        let posts = [post(stamp(0), stamp(1), stamp(2))]
        let claims = [claim([stamp(0), stamp(1)], at: 1)]
        let deletes = [delete(stamp(0), at: 3), delete(stamp(1), at: 62, .refused)]
        let findings = checkAll(
            posts, claims, deletes, leftovers: leftover(stamp(0)), leftover(stamp(1)), leftover(stamp(2)),
            History.Leftover(queue: 0, stamp: nil, id: "x"))
        #expect(violations(findings) == ["stuck": 4])
        #expect(findings.examples.first == "stuck: producer 0, queue 0, number 0, id 0-0-0, is listed and never comes")
    }

    @Test("what is neither listed nor came is lost, though other messages are stuck")
    func stuckAndLost() {
        let findings = checkAll([post(stamp(0), stamp(1))], [], [], leftovers: leftover(stamp(0)))
        #expect(violations(findings) == ["lost": 1, "stuck": 1])
    }
}
