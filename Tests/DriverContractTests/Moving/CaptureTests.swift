import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: what is captured") struct CaptureTests {
    @Test("a post marks its messages", arguments: DriverUnderTest.all)
    func post(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a", "b")
            try await queue.post("late", delay: 60)
            try await queue.post([.saying("kept", keptID: .unknown())])
            let part = try await captured.news()
            #expect(part == .messages(try await queue.everything()))
            #expect(part.messages.texts == ["a", "b", "late", "kept"])
        }
    }

    @Test("a claim marks itself and its messages", arguments: DriverUnderTest.all)
    func claim(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a", "b", "c", ttl: 100)
            _ = try await captured.news()
            let taken = try await queue.claim(2, ttl: 300, grace: 60)
            let part = try await captured.news()
            #expect(part.messages == taken.delivered)
            #expect(part.claims == [moved(taken.id, ttl: 300, taken.delivered, by: queue)])
            #expect(part.goneMessages.isEmpty && part.goneClaims.isEmpty)
        }
    }

    @Test("a claim marks the hold of the dead and what it holds", arguments: DriverUnderTest.all)
    func deadLetterHold(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("dead")
            try await queue.release(try await queue.claim().id)
            try await queue.post("alive")
            _ = try await captured.news()
            let rule = DeadLetterRule(maximumClaims: 1, hold: .fresh())
            let taken = try await queue.claim(2, ttl: 300, deadLetter: rule)
            let part = try await captured.news()
            #expect(part.messages == taken.dead + taken.delivered)
            #expect(
                Set(part.claims) == [
                    moved(rule.hold, ttl: Limits.deadLetterHoldSeconds, taken.dead, by: queue),
                    moved(taken.id, ttl: 300, taken.delivered, by: queue),
                ])
        }
    }

    @Test("a renewal marks the claim and its messages", arguments: DriverUnderTest.all)
    func renew(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a", "b", "c", ttl: 100)
            let taken = try await queue.claim(2)
            _ = try await captured.news()
            queue.clock.advance(seconds: 10)
            #expect(try await queue.renew(taken.id, ttl: 600, grace: 30))
            let part = try await captured.news()
            let messages = try await queue.messages(taken.delivered.ids)
            #expect(messages.map(\.claimedUntil) == [queue.now.adding(seconds: 600), queue.now.adding(seconds: 600)])
            #expect(part == QueuePart(messages: messages, claims: [moved(taken.id, ttl: 600, messages, by: queue)]))
        }
    }

    @Test("a release marks the claim and its messages", arguments: DriverUnderTest.all)
    func release(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a", "b", "c")
            let taken = try await queue.claim(2)
            _ = try await captured.news()
            try await queue.release(taken.id)
            let part = try await captured.news()
            #expect(part == QueuePart(messages: try await queue.messages(taken.delivered.ids), goneClaims: [taken.id]))
            #expect(part.messages.allSatisfy { $0.claim == nil && $0.claimCount == 1 })
        }
    }

    @Test("deletions of every kind mark what they remove", arguments: DriverUnderTest.all, Removal.allCases)
    func removal(driver: DriverUnderTest, removal: Removal) async throws {
        try await driver.withCapture { captured, queue in
            let ids = try await queue.post(count: 5)
            let taken = removal.needsClaim ? try await queue.claim(3) : nil
            _ = try await captured.news()
            try await removal.perform(on: queue, ids, holding: taken?.id)
            let part = try await captured.news()
            let left = Set(try await queue.everything().ids)
            let gone = ids.filter { !left.contains($0) }.map(\.sequence)
            #expect(gone.count == removal.count)
            #expect(part.goneMessages.sorted() == gone)
            #expect(part.messages.isEmpty && part.goneClaims.isEmpty)
        }
    }

    @Test("time leaves no marks, nor does collection, reading, or what changes nothing", arguments: DriverUnderTest.all)
    func noMarks(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("brief", ttl: 60)
            try await queue.post("late", delay: 60)
            try await queue.post("held", "other")
            let taken = try await queue.claim(3, ttl: 60, grace: 0)
            _ = try await captured.news()
            for operation in QueueOperation.allCases where operation != .post {
                // Of the others those that could change something find nothing to change.
                if operation == .pop || operation == .purge || operation == .claim { continue }
                try await operation.perform(on: queue.pool, queue.ref, now: queue.now)
            }
            #expect(try await captured.news().isEmpty)
            queue.clock.advance(seconds: 60)
            #expect(try await queue.list().texts == ["late", "held", "other"])
            try await queue.release(taken.id)
            #expect(try await !queue.renew(taken.id))
            _ = try await queue.stats()
            try await queue.collectAll()
            #expect(try await captured.news().isEmpty)
        }
    }

    @Test("what was marked and is over by now is gone", arguments: DriverUnderTest.all, [false, true])
    func markedAndOver(driver: DriverUnderTest, collects: Bool) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("brief", ttl: 90)
            try await queue.post("long")
            let taken = try await queue.claim(2, ttl: 60)
            queue.clock.advance(seconds: 90)
            if collects { try await queue.collectAll() }
            let part = try await captured.news()
            #expect(part.messages.texts == ["long"])
            #expect(part.goneMessages.map(\.value) == [1])
            #expect(part.claims.isEmpty && part.goneClaims == [taken.id])
        }
    }

    @Test("without a capture nothing is marked", arguments: DriverUnderTest.all)
    func notCapturing(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("before")
            let captured = try await CapturedQueue.begin(on: queue)
            #expect(try await captured.news().isEmpty)
            try await queue.post("during")
            #expect(try await captured.news().messages.texts == ["during"])
        }
    }

    private func moved(_ id: ClaimID, ttl: Int, _ messages: [Message], by queue: QueueUnderTest) -> MovedClaim {
        MovedClaim(
            id: id, ttl: ttl, renewed: queue.now, until: queue.now.adding(seconds: ttl),
            messages: messages.map(\.sequence))
    }
}

/// A way to remove some of five messages, the first three of which are claimed if it needs that.
enum Removal: CaseIterable {
    case delete, deleteHolding, bulkDelete, bulkDeleteClaimed, pop, purge

    var needsClaim: Bool { self == .deleteHolding || self == .bulkDeleteClaimed || self == .purge }

    /// How many go.
    var count: Int { self == .delete || self == .deleteHolding ? 1 : 2 }

    func perform(on queue: QueueUnderTest, _ ids: [MessageID], holding claim: ClaimID?) async throws {
        switch self {
        case .delete: #expect(try await queue.delete(ids[3]) == .deleted)
        case .deleteHolding: #expect(try await queue.delete(ids[1], holding: claim) == .deleted)
        case .bulkDelete: #expect(try await queue.delete([ids[0], .unknown(), ids[4]]) == .deleted)
        case .bulkDeleteClaimed:
            #expect(try await queue.delete([ids[1], ids[2]], demanding: claim.map { [$0] }) == .deleted)
        case .pop: #expect(try await queue.pop(2).count == 2)
        case .purge: #expect(try await queue.purge() == 2)
        }
    }
}
