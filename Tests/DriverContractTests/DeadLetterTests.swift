import TestSupport
import Testing
import WeirDomain

@Suite("Dead letters") struct DeadLetterTests {
    @Test(
        "a message that was claimed too often is handed over instead of delivered",
        arguments: DriverUnderTest.all)
    func handsOver(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("poison")[0]
            let rule = DeadLetterRule(maximumClaims: 2, hold: .fresh())
            for count in 1...2 {
                let taken = try await queue.claim(5, ttl: 60, deadLetter: rule)
                #expect(taken.delivered.map(\.claimCount) == [count])
                #expect(taken.dead.isEmpty)
                queue.clock.advance(seconds: 60)
            }
            try await queue.post("fresh")
            let before = try #require(try await queue.message(id))
            let taken = try await queue.claim(5, ttl: 600, deadLetter: rule)
            var expected = before
            expected.claim = rule.hold
            expected.claimedUntil = queue.now.adding(seconds: Limits.deadLetterHoldSeconds)
            #expect(taken.dead == [expected], "held for the move, but neither counted nor extended")
            #expect(taken.delivered.texts == ["fresh"])
            #expect(try await queue.show(taken.id)?.messages.texts == ["fresh"])
            #expect(try await queue.show(rule.hold)?.messages == [expected])
            #expect(try await queue.list().isEmpty)
        }
    }

    @Test("the limit counts dead messages too", arguments: DriverUnderTest.all)
    func limitCountsDead(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("1", "2")
            try await queue.release(try await queue.claim(2).id)
            try await queue.post("3", "4")
            let taken = try await queue.claim(
                3, deadLetter: DeadLetterRule(maximumClaims: 1, hold: .fresh()))
            #expect(taken.dead.texts == ["1", "2"])
            #expect(taken.delivered.texts == ["3"])
            #expect(try await queue.list().texts == ["4"])
        }
    }

    @Test("a claim of dead messages alone does not exist", arguments: DriverUnderTest.all)
    func onlyDead(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("1")
            try await queue.release(try await queue.claim().id)
            let rule = DeadLetterRule(maximumClaims: 1, hold: .fresh())
            let taken = try await queue.claim(5, deadLetter: rule)
            #expect(taken.delivered.isEmpty && taken.dead.texts == ["1"])
            #expect(try await queue.show(taken.id) == nil)
            #expect(try await queue.show(rule.hold) != nil)
        }
    }

    @Test("dead messages come back if nobody moves them", arguments: DriverUnderTest.all)
    func comesBack(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("1")
            try await queue.release(try await queue.claim().id)
            let rule = DeadLetterRule(maximumClaims: 1, hold: .fresh())
            #expect(try await queue.claim(5, deadLetter: rule).dead.texts == ["1"])
            queue.clock.advance(seconds: Limits.deadLetterHoldSeconds, milliseconds: -1)
            #expect(try await queue.claim(5).delivered.isEmpty)
            queue.clock.advance(milliseconds: 1)
            let again = DeadLetterRule(maximumClaims: 1, hold: .fresh())
            #expect(try await queue.claim(5, deadLetter: again).dead.texts == ["1"])
            try await queue.release(again.hold)
            #expect(
                try await queue.claim(5).delivered.map(\.claimCount) == [2], "without a rule it is delivered")
        }
    }

    @Test("a rule of no claims holds all, and counts nothing", arguments: DriverUnderTest.all)
    func holdsUncounted(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("1", "2", "3")
            let rule = DeadLetterRule(maximumClaims: 0, hold: .fresh())
            let outcome = try await queue.claim(2, deadLetter: rule)
            #expect(outcome.dead.texts == ["1", "2"] && outcome.delivered.isEmpty)
            let behind = try await queue.claim(5)
            #expect(behind.delivered.texts == ["3"])
            try await queue.release(rule.hold)
            #expect(try await queue.claim(5).delivered.map(\.claimCount) == [1, 1])
        }
    }

    @Test("the hold lets its caller delete the dead message", arguments: DriverUnderTest.all)
    func holdDeletes(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let ids = try await queue.post("1", "2")
            try await queue.release(try await queue.claim(2).id)
            let rule = DeadLetterRule(maximumClaims: 1, hold: .fresh())
            #expect(try await queue.claim(5, deadLetter: rule).dead.count == 2)
            #expect(try await queue.delete(ids[0]) == .claimed)
            #expect(try await queue.delete(ids[0], holding: rule.hold) == .deleted)
            #expect(try await queue.delete([ids[1]], demanding: [rule.hold]) == .deleted)
            #expect(try await queue.stats() == .empty)
        }
    }

    @Test("a dead message that would expire during the hold does", arguments: DriverUnderTest.all)
    func holdDoesNotExtend(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            try await queue.post("brief", ttl: 30)
            try await queue.release(try await queue.claim(1, ttl: 10, grace: 0).id)
            let rule = DeadLetterRule(maximumClaims: 1, hold: .fresh())
            #expect(try await queue.claim(5, deadLetter: rule).dead.map(\.ttl) == [30])
            queue.clock.advance(seconds: 30)
            #expect(try await queue.show(rule.hold)?.messages == [])
            #expect(try await queue.stats() == .empty)
        }
    }
}

@Suite("Kept ids") struct KeptIDTests {
    @Test("a moved message keeps its id and gets a new sequence", arguments: DriverUnderTest.all)
    func moves(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let letters = try await queue.sibling()
            try await letters.post(count: 5)
            let id = try await queue.post("dead")[0]
            #expect(try await letters.post([.saying("dead", keptID: id)]) == [id])
            let moved = try #require(try await letters.message(id))
            #expect(moved.id == id && moved.sequence.value == 6 && moved.claimCount == 0)
            #expect(try await letters.list().texts == ["1", "2", "3", "4", "5", "dead"])
            #expect(try await letters.position(of: id).value == 6, "its present sequence")
            #expect(try await letters.list(after: letters.position(of: id)).isEmpty)
        }
    }

    @Test("a message that is there already is not stored again", arguments: DriverUnderTest.all)
    func storesOnce(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let own = try await queue.post("own")[0]
            let foreign = MessageID(sequence: MessageSequence(77), nonce: 3)
            let twice = [
                NewMessage.saying("x", keptID: foreign), .saying("y", keptID: foreign), .saying("z"),
            ]
            let ids = try await queue.post(twice)
            #expect(ids[0] == foreign && ids[1] == foreign)
            #expect(try await queue.list().texts == ["own", "x", "z"])
            #expect(try await queue.list().map(\.sequence.value) == [1, 2, 3])
            #expect(
                try await queue.post([.saying("x", keptID: foreign), .saying("o", keptID: own)]) == [
                    foreign, own,
                ])
            #expect(try await queue.lastSequence() == 3)
            _ = try await queue.claim(1)
            #expect(try await queue.post([.saying("o", keptID: own)]) == [own], "claimed ones are there too")
            #expect(try await queue.stats().total == 3)
        }
    }

    @Test("a kept id works in every operation", arguments: DriverUnderTest.all)
    func isAnID(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            // The sequence in the id is that of another message here.
            try await queue.post("first")
            let id = MessageID(sequence: MessageSequence(1), nonce: 99)
            try await queue.post([.saying("kept", keptID: id)])
            #expect(try await queue.messages([id]).texts == ["kept"])
            let taken = try await queue.claim(2)
            #expect(taken.delivered.texts == ["first", "kept"])
            #expect(try await queue.delete(id) == .claimed)
            #expect(try await queue.delete([id], demanding: []) == .refused(id))
            #expect(try await queue.delete(id, holding: taken.id) == .deleted)
            #expect(try await queue.message(id) == nil)
            #expect(try await queue.position(of: id).value == 1, "gone: where it was accepted")
            #expect(try await queue.everything().texts == ["first"])
        }
    }

    @Test("a message may come back to where it was", arguments: DriverUnderTest.all, [false, true])
    func comesBack(driver: DriverUnderTest, expires: Bool) async throws {
        try await driver.withQueue { queue in
            let id = try await queue.post("there", ttl: 60)[0]
            for round in 1...3 {
                if expires { queue.clock.advance(seconds: 60) } else { _ = try await queue.delete([id]) }
                #expect(try await queue.post([.saying("back \(round)", ttl: 60, keptID: id)]) == [id])
                #expect(try await queue.message(id)?.text == "back \(round)")
                #expect(try await queue.position(of: id).value == Int64(1 + round))
                #expect(try await queue.stats().total == 1)
            }
            try await queue.collectAll()
            #expect(try await queue.message(id)?.text == "back 3")
            #expect(try await queue.delete(id) == .deleted)
            #expect(try await queue.everything().isEmpty)
        }
    }

    @Test("ids of any sequence can be kept", arguments: DriverUnderTest.all)
    func extremes(driver: DriverUnderTest) async throws {
        try await driver.withQueue { queue in
            let sequences: [Int64] = [.min, -1, 0, 5, .max]
            let ids = sequences.map { MessageID(sequence: MessageSequence($0), nonce: 1) }
            let kept = ids.map { NewMessage.saying("kept", keptID: $0) }
            let posted = try await queue.post(kept)
            #expect(posted == ids)
            #expect(try await queue.messages(ids).map(\.sequence.value) == [1, 2, 3, 4, 5])
            #expect(try await queue.delete(ids) == .deleted)
            #expect(try await queue.stats() == .empty)
        }
    }
}
