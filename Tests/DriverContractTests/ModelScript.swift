import TestSupport
import WeirDomain

/// Makes up the steps of a model test. It remembers the ids it has seen, so that most steps mean something, and
/// mixes in strangers, so that some do not.
struct ModelScript {
    enum Step {
        case operation(ModelOperation, QueueRef)
        case advance(milliseconds: Int64)
        /// Of the driver only: the model never collects, so any trace that collection leaves is a difference.
        case collect(limit: Int)
    }

    private var random: SeededGenerator
    private let lives: [QueueLife]
    private var ids: [MessageID] = []
    private var claims: [ClaimID] = []
    private var openings: [QueueRef]

    init(seed: Int) {
        random = SeededGenerator(seed: UInt64(seed))
        // Fixed by the seed, and apart for different seeds in case they share a store.
        lives = (1...4).map { QueueLife(Int64(seed) * 1000 + $0) }
        openings = lives.prefix(3).map { QueueRef(life: $0, epoch: Epoch(2)) }
    }

    /// Questions that show whole pools: everything in each queue, and its latest claims.
    var everything: [(ModelOperation, QueueRef)] {
        let all = MessageFilter(after: .start, limit: 10_000, includeClaimed: true, includeDelayed: true)
        let questions = [.list(all), .stats, .lastSequence] + claims.suffix(20).map(ModelOperation.show)
        return lives.flatMap { life in
            questions.map { ($0, QueueRef(life: life, epoch: Epoch(2))) }
        }
    }

    mutating func next() -> Step {
        if let ref = openings.popLast() { return .operation(.open, ref) }
        switch pick(0..<10) {
        case 0: return .advance(milliseconds: [1, 999, 1000, 5000, 30_000, 60_000][pick(0..<6)])
        case 1: return .collect(limit: pick(1..<40))
        default: return .operation(operation(), queue())
        }
    }

    /// What was seen in an answer becomes material for later steps.
    mutating func learn(from answer: ModelOperation.Answer) {
        if case .ids(let seen) = answer { ids += seen }
    }

    private mutating func operation() -> ModelOperation {
        switch pick(0..<100) {
        case 0..<22: .post(messages(), from: random.oneIn(3) ? .other : .producer)
        case 22..<46: .claim(request())
        case 46..<52: .list(filter())
        case 52..<55: .look(someIDs())
        case 55..<57: .position(id())
        case 57..<66: .delete(id(), holding: random.oneIn(3) ? nil : claim())
        case 66..<71: .bulkDelete(someIDs(), demanding: random.oneIn(2) ? nil : someClaims())
        case 71..<75: .pop(pick(0..<4))
        case 75..<77: .purge(through: MessageSequence(Int64(pick(-1..<60))), step: pick(1..<6))
        case 77..<79: .lastSequence
        case 79..<82: .stats
        case 82..<87: .show(claim())
        case 87..<92: .renew(claim(), terms())
        case 92..<97: .release(claim())
        case 97..<99: .open
        default: random.oneIn(2) ? .retire : .stats
        }
    }

    // MARK: Arguments

    private mutating func pick(_ range: Range<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func queue() -> QueueRef {
        let life = random.oneIn(12) ? lives[3] : lives[pick(0..<3)]
        let epoch = random.oneIn(15) ? Int64(pick(1..<4)) : 2
        return QueueRef(life: life, epoch: Epoch(epoch))
    }

    private mutating func messages() -> [NewMessage] {
        (0..<pick(0..<5)).map { _ in
            NewMessage(
                nonce: random.next(), body: MessageBody("\(random.next())"),
                ttl: [1, 5, 60, 300, 3600][pick(0..<5)], delay: random.oneIn(5) ? pick(0..<40) : 0,
                keptID: random.oneIn(8) ? id() : nil)
        }
    }

    private mutating func request() -> ClaimRequest {
        let fresh = ClaimID.mint(using: &random)
        claims.append(fresh)
        guard random.oneIn(3) else { return ClaimRequest(id: fresh, terms: terms(), limit: pick(0..<7)) }
        let hold = ClaimID.mint(using: &random)
        claims.append(hold)
        return ClaimRequest(
            id: fresh, terms: terms(), limit: pick(0..<7),
            deadLetter: DeadLetterRule(maximumClaims: pick(1..<4), hold: hold))
    }

    private mutating func terms() -> ClaimTerms {
        ClaimTerms(ttl: [1, 5, 30, 60, 300][pick(0..<5)], grace: [0, 1, 60][pick(0..<3)])
    }

    private mutating func filter() -> MessageFilter {
        MessageFilter(
            after: MessageSequence(Int64(pick(-1..<40))), limit: pick(0..<12),
            hiding: random.oneIn(3) ? .producer : nil, includeClaimed: random.oneIn(2),
            includeDelayed: random.oneIn(2))
    }

    private mutating func id() -> MessageID {
        guard !ids.isEmpty, !random.oneIn(12) else {
            return MessageID(sequence: MessageSequence(Int64(pick(-1..<60))), nonce: random.next())
        }
        return recent(ids)
    }

    private mutating func claim() -> ClaimID {
        guard !claims.isEmpty, !random.oneIn(12) else { return ClaimID.mint(using: &random) }
        return recent(claims)
    }

    private mutating func someIDs() -> [MessageID] {
        (0..<pick(0..<6)).map { _ in id() }
    }

    private mutating func someClaims() -> [ClaimID] {
        (0..<pick(0..<6)).map { _ in claim() }
    }

    /// One of the last thirty, because most that are older are gone.
    private mutating func recent<Element>(_ all: [Element]) -> Element {
        all[pick(max(0, all.count - 30)..<all.count)]
    }
}
