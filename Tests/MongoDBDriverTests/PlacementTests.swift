import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Messages come to a copy in any order and as often as they like, and stand where every search finds them.
@Suite("Where imported messages stand") struct PlacementTests {
    @Test("a copy is what was imported, whatever the order", arguments: 1...10)
    func anyOrder(seed: Int) async throws {
        try await withNodes(1) { nodes, database in
            let pool = nodes[0]
            let queue = QueueUnderTest(pool: nodes[0], ref: .fresh(epoch: Epoch(2)), clock: ManualClock())
            let life = queue.ref.life
            var source = Source(seed: seed, now: queue.now)
            _ = try await pool.openShadow(of: queue.ref, turn: .turn(1), now: queue.now)
            for step in 1...60 {
                source.change()
                try await pool.import(source.part(), into: life, turn: .turn(1), now: queue.now)
                guard step.isMultiple(of: 10) else { continue }
                #expect(try await pool.inspect(life, repairing: false, now: queue.now) == [])
            }
            try await pool.import(source.rest(), into: life, turn: .turn(1), now: queue.now)
            let copied = try await pool.everything(of: life, limit: 37, now: queue.now)
            #expect(copied == source.everything)
            try await pool.finalise(queue.ref, turn: .turn(1), last: .start, isCapturing: false)
            #expect(try await pool.inspect(life, repairing: false, now: queue.now) == [])
            try await expectSmall(StoredPool(database: database))
            try await expectFound(source, in: queue)
        }
    }

    /// No block has become too big for a claim or a deletion to write.
    private func expectSmall(_ stored: StoredPool) async throws {
        let reply = try await stored.command { command in
            command.string("find", "blocks")
            command.int32("batchSize", 10_000)
        }
        let blocks = reply.document("cursor")?.documents("firstBatch") ?? []
        #expect(!blocks.isEmpty)
        for block in blocks {
            let records = try #require(block.binary("s")).count / 96
            #expect(records <= 64)
            #expect(try records == 1 || #require(block.binary("b")).count <= 65_536)
        }
    }

    /// By their ids, by their claims, by those who claim and by their number.
    private func expectFound(_ source: Source, in queue: QueueUnderTest) async throws {
        let everything = source.everything
        #expect(try await queue.everything() == everything)
        for message in everything { #expect(try await queue.message(message.id) == message) }
        let claimed = everything.filter { $0.claim != nil }
        #expect(try await queue.stats().claimed == claimed.count)
        for claim in source.claims.keys {
            let held = try #require(try await queue.show(claim)).messages
            #expect(held == everything.filter { $0.claim == claim })
            #expect(try await queue.renew(claim, ttl: 900))
            if let some = held.first { #expect(try await queue.delete(some.id, holding: claim) == .deleted) }
            try await queue.release(claim)
        }
        let gone = source.claims.keys.compactMap { claim in everything.first { $0.claim == claim }?.id }
        #expect(try await queue.claim(100_000).delivered.ids == everything.ids.filter { !gone.contains($0) })
    }

    @Test("a whole queue is copied into full blocks")
    func full() async throws {
        try await withNodes(1) { nodes, database in
            let pool = nodes[0]
            let now = ManualClock().now()
            let shadow = QueueRef.fresh(epoch: Epoch(2))
            _ = try await pool.openShadow(of: shadow, turn: .turn(1), now: now)
            for start in stride(from: Int64(1), through: 1281, by: 128) {
                let messages = (start..<start + 128).map { Message.made($0, "x", now: now) }
                for _ in 1...2 {
                    try await pool.import(
                        QueuePart(messages: messages), into: shadow.life, turn: .turn(1), now: now)
                }
            }
            #expect(try await StoredPool(database: database).count("blocks") == 22)
            #expect(try await pool.census(of: shadow.life, now: now).stats.total == 22 * 64)
        }
    }
}

/// A queue that changes, and what a copy has yet to be told of it.
private struct Source {
    private var random: SeededGenerator
    private let now: Timestamp
    private var messages: [Int64: Message] = [:]
    private(set) var claims: [ClaimID: MovedClaim] = [:]
    private var next: Int64 = 1
    private var changed: Set<Int64> = []
    private var changedClaims: Set<ClaimID> = []

    init(seed: Int, now: Timestamp) {
        random = SeededGenerator(seed: UInt64(seed))
        self.now = now
    }

    var everything: [Message] { messages.values.sorted { $0.sequence < $1.sequence } }

    // MARK: Changing

    mutating func change() {
        for _ in 0..<pick(1...4) {
            switch pick(0...9) {
            case 0...4: post()
            case 5...6: delete()
            case 7...8: claim()
            default: release()
            }
        }
    }

    private mutating func post() {
        let isLarge = random.oneIn(3)
        for _ in 0..<pick(1...90) {
            let text = String(repeating: "x", count: isLarge ? pick(1...9000) : pick(1...90))
            var message = Message.made(next, text, now: now)
            if random.oneIn(9) { message.client = random.oneIn(2) ? .other : ClientID("\(next)") }
            if random.oneIn(30) { message.id = MessageID(high: random.next(), low: random.next()) }
            put(message)
            next += random.oneIn(5) ? Int64(pick(1...50)) : 1
        }
    }

    private mutating func delete() {
        let gone = random.oneIn(4) ? everything.prefix(pick(1...200)).map(\.sequence.value) : some(40)
        for sequence in gone {
            messages[sequence] = nil
            changed.insert(sequence)
        }
    }

    private mutating func claim() {
        let claim = ClaimID.mint(using: &random)
        let end = now.adding(seconds: 60)
        let free = some(20).filter { messages[$0]?.claim == nil }.sorted()
        for sequence in free {
            guard var message = messages[sequence] else { continue }
            message.claim = claim
            message.claimedUntil = end
            message.claimCount += 1
            put(message)
        }
        claims[claim] = MovedClaim(
            id: claim, ttl: 60, renewed: now, until: end, messages: free.map(MessageSequence.init))
        changedClaims.insert(claim)
    }

    private mutating func release() {
        guard let claim = claims.keys.min(by: { $0.text < $1.text }) else { return }
        for message in messages.values where message.claim == claim {
            var message = message
            message.claim = nil
            message.claimedUntil = Timestamp(milliseconds: 0)
            put(message)
        }
        claims[claim] = nil
        changedClaims.insert(claim)
    }

    private mutating func put(_ message: Message) {
        messages[message.sequence.value] = message
        changed.insert(message.sequence.value)
    }

    // MARK: Telling

    /// Some of what has changed, and some of what has not.
    mutating func part() -> QueuePart {
        let told = changed.sorted().filter { _ in !random.oneIn(3) }
        let claims = changedClaims.sorted { $0.text < $1.text }.filter { _ in random.oneIn(2) }
        changed.subtract(told)
        changedClaims.subtract(claims)
        return part(Set(told).union(some(10)), claims)
    }

    mutating func rest() -> QueuePart {
        part(changed, Array(changedClaims))
    }

    private func part(_ sequences: Set<Int64>, _ ids: [ClaimID]) -> QueuePart {
        QueuePart(
            messages: sequences.sorted().compactMap { messages[$0] },
            goneMessages: sequences.sorted().filter { messages[$0] == nil }.map(MessageSequence.init),
            claims: ids.compactMap { claims[$0] }, goneClaims: ids.filter { claims[$0] == nil })
    }

    // MARK: Chance

    private mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    private mutating func some(_ count: Int) -> [Int64] {
        Array(messages.keys.sorted().shuffled(using: &random).prefix(pick(0...count)))
    }
}
