import RedisDriver
import Synchronization
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Redis carries queues over") struct CarryingOverTests {
    /// Does one thing to the queue that a client could do.
    private func act(_ queue: QueueUnderTest, _ random: inout SeededGenerator, _ claims: inout [ClaimID]) async throws {
        let known = try await queue.everything()
        switch Int.random(in: 0..<12, using: &random) {
        case 0...2: try await queue.post(count: Int.random(in: 1...40, using: &random), ttl: 600)
        case 3: try await queue.post("short", ttl: Int.random(in: 1...20, using: &random))
        case 4:
            let kept = MessageID(sequence: MessageSequence(Int64.random(in: 1...20, using: &random)), nonce: 9)
            try await queue.post([
                .saying("late", ttl: 900, delay: Int.random(in: 1...90, using: &random)),
                .saying("dead", ttl: 900, keptID: kept),
            ])
        case 5, 6:
            let hold = Bool.random(using: &random) ? DeadLetterRule(maximumClaims: 2, hold: .fresh()) : nil
            let ttl = Int.random(in: 10...700, using: &random)
            let limit = Int.random(in: 1...15, using: &random)
            let taken = try await queue.claim(limit, ttl: ttl, deadLetter: hold)
            if !taken.delivered.isEmpty { claims.append(taken.id) }
        case 7: if let claim = claims.randomElement(using: &random) { try await queue.release(claim) }
        case 8: if let claim = claims.randomElement(using: &random) { _ = try await queue.renew(claim, ttl: 800) }
        case 9: _ = try await queue.delete(known.shuffled(using: &random).prefix(4).ids)
        case 10: _ = try await queue.pop(Int.random(in: 1...5, using: &random))
        default:
            if let message = known.randomElement(using: &random) {
                _ = try await queue.delete(message.id, holding: message.claim)
                _ = try await queue.purge(through: message.sequence, limit: 2)
            }
        }
        queue.clock.advance(seconds: Int.random(in: 0...8, using: &random))
    }

    @Test("a copy that is made while clients work is equal, and goes on as the queue would", arguments: 1...12)
    func equal(seed: Int) async throws {
        try await withMove { move in
            var random = SeededGenerator(seed: UInt64(seed))
            var claims: [ClaimID] = []
            for _ in 1...40 { try await act(move.queue, &random, &claims) }
            try await move.begin()
            try await move.copyClaims(limit: 3)
            for _ in 1...10 { try await act(move.queue, &random, &claims) }
            var last = MessageSequence.start
            while true {
                let page = try await move.source.page(
                    of: move.life, after: last, limit: 20, bytes: 1000, now: move.queue.now)
                guard let next = page.last else { break }
                for _ in 1...2 { try await act(move.queue, &random, &claims) }
                try await move.carryOver(QueuePart(messages: page))
                last = next.sequence
                if Bool.random(using: &random) { try await move.carryChangesOver(limit: 7) }
                if Bool.random(using: &random) { _ = try await move.target.collect(1000, now: move.queue.now) }
            }
            for _ in 1...20 {
                try await act(move.queue, &random, &claims)
                let changes = try await move.source.changes(
                    of: move.queue.ref, for: 7, limit: 5, bytes: 300, now: move.queue.now)
                // Twice, as after a crash.
                try await move.carryOver(changes.part)
                try await move.carryOver(changes.part)
                try await move.source.clearChanges(of: move.queue.ref, for: 7, through: changes.mark)
            }
            try await move.cutOver()
            try await move.expectEqualCopies()
            try await move.source.unfence(move.queue.ref, through: move.turn)
            for step in [0, 30, 60, 300, 400] {
                move.queue.clock.advance(seconds: step)
                let (there, here) = (try await move.queue.list(), try await move.arrived.list())
                #expect(there == here)
                #expect(try await move.queue.stats() == move.arrived.stats())
                for claim in claims {
                    let (there, here) = (try await move.queue.show(claim), try await move.arrived.show(claim))
                    #expect(there?.messages == here?.messages)
                    #expect(there?.renewed == here?.renewed)
                }
            }
            #expect(try await move.queue.pop(1000) == move.arrived.pop(1000))
            #expect(try await move.queue.post("next").first?.sequence == move.arrived.post("next").first?.sequence)
        }
    }

    @Test("what a post was told that it did before a fence is among the changes, and nothing after it happens")
    func racingFence() async throws {
        try await withMove { move in
            try await move.begin()
            let isOver = Atomic(false)
            defer { isOver.store(true, ordering: .relaxed) }
            let posting = Task {
                try await gather(24) { worker -> [MessageID] in
                    var posted: [MessageID] = []
                    while !isOver.load(ordering: .relaxed) {
                        do {
                            posted += try await move.queue.post("\(worker)", "b")
                        } catch StorageError.fenced {
                            return posted
                        }
                    }
                    return posted
                }
            }
            try await until { try await move.source.census(of: move.life, now: move.queue.now).last.value > 2000 }
            try await move.source.fence(move.queue.ref, turn: move.turn)
            let counted = try await move.source.census(of: move.life, now: move.queue.now)
            try await move.carryChangesOver(limit: 500)
            isOver.store(true, ordering: .relaxed)
            let posted = try await posting.value.flatMap { $0 }
            #expect(posted.count > 1000)
            #expect(posted.count == counted.stats.free)
            #expect(try await move.source.census(of: move.life, now: move.queue.now) == counted)
            let copied = try await move.contents(of: move.target).0
            #expect(Set(copied.ids) == Set(posted))
        }
    }

    @Test("marks are left by scripts that the server had forgotten")
    func forgottenScripts() async throws {
        try await withMove { move in
            try await move.begin()
            for round in 1...5 {
                try move.servers.source.command("SCRIPT", "FLUSH")
                _ = try await gather(20) { _ in try await move.queue.post("a", "b") }
                let changes = try await move.source.changes(
                    of: move.queue.ref, for: 7, limit: 1000, bytes: 1 << 20, now: move.queue.now)
                #expect(changes.part.messages.count == 40 * round)
            }
        }
    }

    @Test("a held message whose claim ended before it could come is free when the claim ended")
    func claimThatNeverComes() async throws {
        try await withMove { move in
            try await move.queue.post("a", "b")
            let taken = try await move.queue.claim(2, ttl: 60)
            try await move.begin()
            try await move.copyMessages(limit: 1)
            #expect(try await move.target.inspect(move.life, repairing: false, now: move.queue.now).isEmpty)
            #expect(try await move.contents(of: move.target).1.isEmpty)
            move.queue.clock.advance(seconds: 60)
            try await move.copyClaims()
            try await move.cutOver()
            try await move.expectEqualCopies()
            #expect(try await move.arrived.claim(5).delivered.map(\.claimCount) == [2, 2])
            #expect(taken.delivered.count == 2)
        }
    }

    @Test("the claim itself replaces what its messages told of it, and a claim that is gone frees them")
    func claimAfterMessages() async throws {
        try await withMove { move in
            try await move.queue.post(count: 6)
            let (kept, released) = (try await move.queue.claim(3, ttl: 60), try await move.queue.claim(3, ttl: 600))
            try await move.begin()
            try await move.copyMessages(limit: 1)
            try await move.copyClaims()
            try await move.expectEqualCopies()
            try await move.carryOver(QueuePart(goneClaims: [released.id]))
            #expect(try await move.target.inspect(move.life, repairing: false, now: move.queue.now).isEmpty)
            #expect(try await move.target.census(of: move.life, now: move.queue.now).stats.claimed == 3)
            try await move.queue.release(released.id)
            try await move.cutOver()
            #expect(try await move.arrived.show(kept.id)?.messages.count == 3)
            #expect(try await move.arrived.show(released.id) == nil)
        }
    }

    @Test("claims stand on pages, few and many, and while few become many")
    func manyClaims() async throws {
        try await withMove { move in
            try await move.queue.post(count: 1000)
            var made: [ClaimID] = []
            for _ in 1...400 { made.append(try await move.queue.claim(1).id) }
            let first = try await move.source.claims(of: move.life, after: nil, limit: 150, now: move.queue.now)
            #expect(first.claims.count == 150)
            for _ in 1...600 { _ = try await move.queue.claim(1) }
            var found = first.claims.map(\.id)
            var cursor = first.next
            while let after = cursor {
                let page = try await move.source.claims(of: move.life, after: after, limit: 150, now: move.queue.now)
                #expect(page.claims.count < 300)
                found += page.claims.map(\.id)
                cursor = page.next
            }
            #expect(Set(made).isSubset(of: found))
            try await move.begin()
            try await move.copyClaims(limit: 150)
            try await move.copyMessages(limit: 500)
            try await move.cutOver()
            try await move.expectEqualCopies()
        }
    }

    @Test("a queue comes back with what was done on the other side")
    func back() async throws {
        try await withMove { move in
            let ids = try await move.queue.post(count: 30)
            try await move.begin()
            try await move.copyMessages()
            try await move.cutOver(isCapturing: true)
            try await move.source.markMoved(move.queue.ref, to: Epoch(2), turn: move.turn, now: move.queue.now)
            try await move.arrived.post("new")
            _ = try await move.arrived.delete(Array(ids.prefix(9)))
            let claim = try await move.arrived.claim(4)
            let (home, turn) = (move.queue.ref.under(epoch: 3), MoveTurn(migration: 7, turn: 2))
            #expect(try await move.source.openShadow(of: home, turn: turn, now: move.queue.now) == .continued)
            try await move.target.fence(move.moved, turn: turn)
            let changes = try await move.target.changes(
                of: move.moved, for: 7, limit: 1000, bytes: 1 << 20, now: move.queue.now)
            #expect(changes.left == 0)
            #expect(changes.part.goneMessages.count == 9)
            try await move.source.import(changes.part, into: move.life, turn: turn, now: move.queue.now)
            let last = try await move.target.census(of: move.life, now: move.queue.now).last
            try await move.source.finalise(home, turn: turn, last: last, isCapturing: false)
            try await move.expectEqualCopies()
            let queue = QueueUnderTest(pool: move.source, ref: home, clock: move.queue.clock)
            #expect(try await queue.show(claim.id)?.messages.count == 4)
            #expect(try await queue.post("newer").first?.sequence.value == 32)
        }
    }
}
