import WeirBench

/// A correct queue service with clients, in one thread and with a clock of its own: what it writes down is a history
/// that a correct server can have.
struct VerifyModel {
    private struct Held {
        let stamp: Stamp
        let id: String
        var heldUntil: UInt64 = 0
        var claim = 0
    }

    /// A message that a claimer has yet to delete.
    private struct Task {
        let queue: Int
        let claim: Int
        let id: String
        let stamp: Stamp
    }

    private let queues: Int
    private let faults: Bool
    private let ttl: UInt64 = 60_000_000_000
    private let limit = 4
    private var random: SeededGenerator
    private var now: UInt64 = 1_000_000_000
    private var store: [[Held]]
    private var late: [(due: UInt64, queue: Int, stamps: [Stamp])] = []
    private var producers: [UInt64]
    private var claimers: [(freeAt: UInt64, work: [Task])]
    private var numbers: [Stamp: Int] = [:]
    private var sequence = 0
    private var claims = 0
    private(set) var history = History()

    /// - Parameter faults: whether outcomes get unknown, deletes are left out, and time jumps past the ends of claims.
    init(seed: UInt64, queues: Int = 3, faults: Bool = true) {
        random = SeededGenerator(seed: seed)
        self.queues = queues
        self.faults = faults
        store = [[Held]](repeating: [], count: queues)
        producers = [UInt64](repeating: 0, count: 4)
        claimers = Array(repeating: (0, []), count: 4)
    }

    /// A history of so many steps, drained at the end.
    static func history(seed: UInt64, steps: Int = 400, faults: Bool = true) -> History {
        var model = VerifyModel(seed: seed, faults: faults)
        for _ in 0..<steps { model.step() }
        model.drain()
        return model.history
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func jitter() -> UInt64 { UInt64.random(in: 1...400_000_000, using: &random) }

    /// The moment is when the server acts; the client sent before, after it was free, and hears of it later.
    private mutating func span(freeAt: UInt64) -> (sent: UInt64, answered: UInt64) {
        (max(freeAt, now - jitter()), now + jitter())
    }

    private mutating func step() {
        now += UInt64.random(in: 1...100_000_000, using: &random)
        if faults && chance(1) { now += ttl + 5_000_000_000 }
        acceptLate()
        let producer = Int.random(in: producers.indices, using: &random)
        if producers[producer] < now && chance(50) { post(producer) }
        let claimer = Int.random(in: claimers.indices, using: &random)
        guard claimers[claimer].freeAt < now else { return }
        if claimers[claimer].work.isEmpty {
            claim(claimer, queue: Int.random(in: 0..<queues, using: &random))
        } else {
            delete(claimer)
        }
    }

    private mutating func drain() {
        while !store.allSatisfy(\.isEmpty) || claimers.contains(where: { !$0.work.isEmpty }) || !late.isEmpty {
            now += 20_000_000_000
            acceptLate()
            for claimer in claimers.indices {
                for queue in 0..<queues where claimers[claimer].work.isEmpty {
                    passUntilFree(claimer)
                    claim(claimer, queue: queue, calm: true)
                }
                while !claimers[claimer].work.isEmpty {
                    passUntilFree(claimer)
                    delete(claimer, calm: true)
                }
            }
        }
    }

    /// A client asks one thing at a time.
    private mutating func passUntilFree(_ claimer: Int) { now = max(now, claimers[claimer].freeAt) + 1000 }

    private mutating func post(_ producer: Int) {
        let queue = Int.random(in: 0..<queues, using: &random)
        let count = chance(25) ? 3 : 1
        let stamps = (0..<count).map { _ in stamp(producer, queue) }
        producers[producer] = span(freeAt: producers[producer]).answered
        switch faults ? Int.random(in: 0..<20, using: &random) : 0 {
        case 17: history.posts.append(History.Post(stamps, .unknown))
        case 18:
            history.posts.append(History.Post(stamps, .unknown))
            late.append((now + jitter() * 10, queue, stamps))
        case 19: history.posts.append(History.Post(stamps, .refused))
        default:
            let ids = accept(stamps, queue)
            history.posts.append(History.Post(stamps, .acknowledged(ids: ids)))
        }
    }

    private mutating func stamp(_ producer: Int, _ queue: Int) -> Stamp {
        let key = Stamp(producer: producer, queue: queue, number: 0, token: 0)
        let number = numbers[key, default: 0]
        numbers[key] = number + 1
        return Stamp(producer: producer, queue: queue, number: number, token: random.next())
    }

    private mutating func accept(_ stamps: [Stamp], _ queue: Int) -> [String] {
        stamps.map { stamp in
            sequence += 1
            store[queue].append(Held(stamp: stamp, id: "id-\(sequence)"))
            return "id-\(sequence)"
        }
    }

    private mutating func acceptLate() {
        for post in late where post.due <= now { _ = accept(post.stamps, post.queue) }
        late.removeAll { $0.due <= now }
    }

    private mutating func claim(_ claimer: Int, queue: Int, calm: Bool = false) {
        let span = span(freeAt: claimers[claimer].freeAt)
        claimers[claimer].freeAt = span.answered
        let free = store[queue].indices.filter { store[queue][$0].heldUntil <= now }.prefix(limit)
        guard !free.isEmpty else { return }
        claims += 1
        for place in free {
            store[queue][place].heldUntil = now + ttl
            store[queue][place].claim = claims
        }
        let handedOut = free.map { store[queue][$0] }
        let isLost = faults && !calm && chance(10)
        history.claims.append(
            History.Claim(
                queue: queue, sent: span.sent, answered: span.answered, ttl: ttl, limit: limit,
                deliveries: isLost ? nil : handedOut.map { History.Delivery(stamp: $0.stamp, id: $0.id) }))
        guard !isLost else { return }
        claimers[claimer].work = handedOut.map { Task(queue: queue, claim: claims, id: $0.id, stamp: $0.stamp) }
    }

    private mutating func delete(_ claimer: Int, calm: Bool = false) {
        let task = claimers[claimer].work.removeFirst()
        if faults && !calm && chance(5) { return }
        let span = span(freeAt: claimers[claimer].freeAt)
        claimers[claimer].freeAt = span.answered
        let outcome: History.Delete.Outcome
        if let place = store[task.queue].firstIndex(where: { $0.id == task.id }) {
            let message = store[task.queue][place]
            let isHeld = message.heldUntil > now && message.claim == task.claim
            outcome = !isHeld ? .refused : faults && !calm && chance(10) ? .unknown : .acknowledged
            if isHeld && (outcome == .acknowledged || chance(50)) { store[task.queue].remove(at: place) }
        } else {
            outcome = .acknowledged
        }
        // Each claim that handed something out is in the history.
        history.deletes.append(
            History.Delete(
                task.stamp, claim: task.claim - 1, sent: span.sent, answered: span.answered, outcome))
    }
}
