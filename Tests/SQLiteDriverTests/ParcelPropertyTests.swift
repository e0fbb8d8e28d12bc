import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Two queues with the same random history. One is posted in parcels, the other message by message, and nobody can tell.
@Suite("SQLite pools: parcels and rows") struct ParcelPropertyTests {
    @Test("messages that were posted together answer as those that were not", arguments: 1...20)
    func alike(seed: Int) async throws {
        try await PoolFile.withQueue { file, queue in
            var twins = Twins(seed: seed, queue, try await queue.sibling())
            for step in 1...250 {
                try await twins.act()
                guard step.isMultiple(of: 25) else { continue }
                try await twins.compareAll()
                #expect(try file.strays() == 0, "seed \(seed), step \(step)")
            }
            #expect(twins.differences == [], "seed \(seed)")
            if seed.isMultiple(of: 2) {
                queue.clock.advance(seconds: 100_000)
            } else {
                for queue in twins.queues { try await queue.pool.retire(queue.ref, now: queue.now) }
            }
            try await queue.collectAll(limit: 50)
            #expect(try file.contents() == Contents())
        }
    }
}

private struct Twins {
    private var random: SeededGenerator
    private let together: QueueUnderTest
    private let apart: QueueUnderTest
    private var ids: [MessageID] = []
    private var claims: [ClaimID] = []
    private(set) var differences: [String] = []

    init(seed: Int, _ together: QueueUnderTest, _ apart: QueueUnderTest) {
        random = SeededGenerator(seed: UInt64(seed))
        self.together = together
        self.apart = apart
    }

    var queues: [QueueUnderTest] { [together, apart] }

    mutating func act() async throws {
        switch pick(0..<100) {
        case 0..<25: try await post()
        case 25..<35: together.clock.advance(seconds: [0, 1, 5, 30][pick(0..<4)], milliseconds: 1)
        case 35..<40: try await together.collectAll(limit: pick(1..<30))
        case 40..<52: try await take()
        case 52..<62: try await delete()
        case 62..<66: try await change()
        case 66..<69: try await purge()
        case 69..<75: try await capture()
        default: try await read()
        }
    }

    mutating func compareAll() async throws {
        try await compare("everything") { try await $0.everything() }
        try await compare("stats") { try await $0.stats() }
        try await compare("last") { try await $0.lastSequence() }
        let claims = claims.suffix(10)
        for claim in claims { try await compare("claim") { try await $0.show(claim) } }
        try await compare("findings") { try await $0.pool.inspect($0.ref.life, repairing: false, now: $0.now) }
        try await compare("census") { try await $0.pool.census(of: $0.ref.life, now: $0.now) }
    }

    // MARK: Steps

    private mutating func post() async throws {
        let client = [ClientID.producer, .other, ClientID("somebody else")][pick(0..<3)]
        let messages = (0..<(random.oneIn(15) ? pick(60..<140) : pick(1..<12))).map { _ in message() }
        let posted = try await together.post(messages, from: client)
        var alone: [MessageID] = []
        for message in messages { alone += try await apart.post([message], from: client) }
        if posted != alone { differences.append("ids") }
        ids += posted
    }

    private mutating func message() -> NewMessage {
        let body = random.oneIn(60) ? String(repeating: "x", count: pick(1..<70_000)) : "\(random.next())"
        return NewMessage(
            nonce: random.next(), body: MessageBody(body), ttl: random.oneIn(4) ? pick(1..<60) : 3600,
            delay: random.oneIn(150) ? pick(1..<40) : 0, keptID: random.oneIn(150) ? someID() : nil)
    }

    private mutating func take() async throws {
        let id = ClaimID.mint(using: &random)
        claims.append(id)
        let rule = random.oneIn(5) ? DeadLetterRule(maximumClaims: 2, hold: ClaimID.mint(using: &random)) : nil
        let request = ClaimRequest(
            id: id, terms: ClaimTerms(ttl: [1, 30, 300][pick(0..<3)], grace: [0, 60][pick(0..<2)]), limit: pick(0..<25),
            deadLetter: rule)
        try await compare("claim") {
            let outcome = try await $0.pool.claim(request, in: $0.ref, now: $0.now)
            return [outcome.delivered, outcome.dead]
        }
    }

    private mutating func delete() async throws {
        let (id, claim) = (someID(), random.oneIn(2) ? nil : someClaim())
        let start = ids.isEmpty ? 0 : pick(0..<ids.count)
        let some = Array(ids[start..<min(ids.count, start + pick(0..<20))])
        let all = random.oneIn(2)
        switch pick(0..<4) {
        case 0: try await compare("delete") { try await $0.delete(id, holding: claim) }
        case 1: try await compare("bulk delete") { try await $0.delete(all ? some : some.reversed()) }
        case 2: try await compare("held delete") { try await $0.delete(some, demanding: claim.map { [$0] } ?? []) }
        default:
            let limit = pick(0..<20)
            try await compare("pop") { try await $0.pop(limit) }
        }
    }

    private mutating func change() async throws {
        let (claim, ttl) = (someClaim(), pick(1..<100))
        if random.oneIn(2) {
            try await compare("renew") { try await $0.renew(claim, ttl: ttl) }
        } else {
            for queue in queues { try await queue.release(claim) }
        }
    }

    private mutating func purge() async throws {
        let (last, limit) = (someSequence(), pick(1..<30))
        try await compare("purge") { try await $0.purge(through: last, limit: limit) }
    }

    private mutating func capture() async throws {
        let migration = Int64(pick(1..<3))
        let (limit, bytes) = (pick(1..<60), pick(1..<3000))
        let pools = queues
        if random.oneIn(4) {
            try await compare("capture") { try? await $0.pool.beginCapture(of: $0.ref, for: migration) }
        }
        try await compare("changes") {
            try? await $0.pool.changes(of: $0.ref, for: migration, limit: limit, bytes: bytes, now: $0.now)
        }
        guard random.oneIn(2) else { return }
        for queue in pools {
            let changes = try? await queue.pool.changes(
                of: queue.ref, for: migration, limit: limit, bytes: bytes, now: queue.now)
            guard let changes else { continue }
            try await queue.pool.clearChanges(of: queue.ref, for: migration, through: changes.mark)
        }
    }

    private mutating func read() async throws {
        let after = someSequence()
        switch pick(0..<4) {
        case 0:
            let some = (0..<pick(0..<8)).map { _ in someID() }
            try await compare("messages") { try await $0.messages(some) }
        case 1:
            let (limit, bytes) = (pick(1..<40), pick(1..<3000))
            try await compare("page") {
                try await $0.pool.page(of: $0.ref.life, after: after, limit: limit, bytes: bytes, now: $0.now)
            }
        case 2:
            let id = someID()
            try await compare("position") { try await $0.position(of: id) }
        default:
            let filter = MessageFilter(
                after: after, limit: pick(0..<30), hiding: random.oneIn(2) ? .producer : nil,
                includeClaimed: random.oneIn(2), includeDelayed: random.oneIn(2))
            try await compare("list") { try await $0.pool.list(filter, in: $0.ref, now: $0.now) }
        }
    }

    private mutating func compare<Answer: Equatable>(
        _ what: String, _ ask: (QueueUnderTest) async throws -> Answer
    ) async throws {
        let answers = (try await ask(together), try await ask(apart))
        guard answers.0 != answers.1 else { return }
        differences.append("\(what): \(String(describing: answers).prefix(2000))")
    }

    // MARK: Arguments

    private mutating func pick(_ range: Range<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func someID() -> MessageID {
        guard !ids.isEmpty, !random.oneIn(10) else {
            return MessageID(sequence: MessageSequence(Int64(pick(0..<500))), nonce: random.next())
        }
        return ids[pick(max(0, ids.count - 200)..<ids.count)]
    }

    private mutating func someClaim() -> ClaimID {
        claims.isEmpty ? ClaimID.mint(using: &random) : claims[pick(max(0, claims.count - 6)..<claims.count)]
    }

    private mutating func someSequence() -> MessageSequence {
        MessageSequence(Int64(pick(-1..<max(2, ids.count))))
    }
}
