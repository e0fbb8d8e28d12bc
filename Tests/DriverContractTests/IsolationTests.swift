import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Isolation") struct IsolationTests {
    @Test("queues of one pool share nothing", arguments: DriverUnderTest.all)
    func queuesAreApart(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let other = try await queue.sibling()
            let mine = try await queue.post("mine", "mine too")
            try await other.post("theirs", "theirs too")
            let taken = try await queue.claim(1)

            #expect(try await other.message(mine[1]) == nil)
            #expect(try await other.delete(mine[1]) == .missing)
            #expect(try await other.delete(mine) == .deleted)
            #expect(try await other.show(taken.id) == nil)
            #expect(try await other.renew(taken.id) == false)
            try await other.release(taken.id)
            #expect(try await other.pop(10).texts == ["theirs", "theirs too"])
            #expect(try await other.purge() == 0)

            #expect(try await queue.everything().ids == mine)
            #expect(try await queue.show(taken.id)?.messages.ids == [mine[0]])
        }
    }

    @Test("a claim of one queue deletes nothing in another", arguments: DriverUnderTest.all)
    func claimsAreOfOneQueue(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let other = try await queue.sibling()
            try await queue.post("mine")
            let theirs = try await other.post("theirs")[0]
            let foreign = try await queue.claim()
            #expect(try await other.delete(theirs, holding: foreign.id) == .claimNotLive)
            _ = try await other.claim()
            #expect(try await other.delete(theirs, holding: foreign.id) == .claimNotLive)
            #expect(try await other.delete([theirs], demanding: [foreign.id]) == .refused(theirs))
        }
    }

    @Test("lives at the ends of the number range are lives like others", arguments: DriverUnderTest.all)
    func extremeLives(driver: DriverUnderTest) async throws {
        try await driver.withQueue { first in
            for life: Int64 in [.min, -1, 0, 1, .max] {
                let ref = QueueRef(life: QueueLife(life), epoch: .first)
                let queue = QueueUnderTest(pool: first.pool, ref: ref, clock: first.clock)
                try await queue.pool.open(ref, now: queue.now)
                try await queue.post("\(life)")
                #expect(try await queue.claim(2).delivered.texts == ["\(life)"])
            }
            #expect(try await first.everything().isEmpty)
        }
    }

    @Test("retiring one queue leaves the others alone", arguments: DriverUnderTest.all)
    func retiringIsLocal(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let other = try await queue.sibling()
            let id = try await queue.post("a", "b")[0]
            let taken = try await queue.claim()
            try await other.post("x")
            try await other.pool.retire(other.ref, now: other.now)
            try await queue.collectAll()
            #expect(try await queue.everything().texts == ["a", "b"])
            #expect(try await queue.delete(id, holding: taken.id) == .deleted)
        }
    }
}
