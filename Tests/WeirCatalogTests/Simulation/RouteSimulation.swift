import TestSupport
import Testing
import WeirCatalog
import WeirDomain
import WeirStorage

/// Three nodes over one catalog and two pools, one step after the other, all chosen by a seed. Steps also happen
/// in the middle of others, wherever a node waits for the catalog or for a pool, so nodes meet every kind of
/// outdated route. Whatever happens:
///
/// - what was acknowledged and not deleted is found, in order, through every node;
/// - nothing that was deleted comes back, neither a message nor a queue;
/// - no message is in two live claims;
/// - sequences rise as long as a queue stays in its pool.
///
/// It is an actor for its own state only: there is never more than one thing going on.
actor RouteSimulation {
    let seed: UInt64
    let site: Site
    let nodes: [Catalog]
    let keys: [QueueKey]
    var generator: SeededGenerator

    /// Steps so far, those in the middle of others included.
    var step = 0
    /// How many steps are under way: 1 unless one happens in the middle of another.
    var depth = 0
    var lives: [QueueLife: QueueModel] = [:]
    /// Lives whose removal from the catalog has happened.
    var removed: Set<QueueLife> = []
    /// Lives that no pool may serve any more.
    var ended: Set<QueueLife> = []
    /// Queues on their way to another pool: the old one has let go of them, the catalog does not know it yet.
    var moving: [QueueLife: QueueRecord] = [:]
    var moved: Set<QueueLife> = []
    /// What happened, to be read when something went wrong.
    var history: [String] = []
    var tally: [String: Int] = [:]
    var isBroken = false
    private var isOver = false

    static let pools = ["a", "b"]

    init(seed: UInt64, site: Site) async throws {
        self.seed = seed
        self.site = site
        generator = SeededGenerator(seed: seed)
        keys = try ["jobs", "mail", "logs"].map { try .named($0) }
        for pool in Self.pools { try await site.register(.shared(pool)) }
        nodes = [try await site.node(), try await site.node(), try await site.node()]
        site.store.around { [weak self] in await self?.interlude() }
        site.store.onRemoval { [weak self] record in await self?.noteRemoval(record) }
        for pool in Self.pools { site.shared[pool].before { [weak self] in await self?.interlude() } }
    }

    func run(steps: Int) async {
        while step < steps, !isBroken { await takeStep() }
        isOver = true
        for pool in Self.pools { site.shared[pool].isUp = true }
        await watch()
        for record in moving.values { await finishMove(record) }
        await nodes[0].retireRemovedOnce()
        for node in nodes.indices { await check(node) }
    }

    var now: Timestamp { site.clock.now() }

    // MARK: Steps

    /// Sometimes something else happens first.
    func interlude() async {
        guard !isBroken, !isOver, depth < 3, generator.oneIn(6) else { return }
        await takeStep()
    }

    private func takeStep() async {
        step += 1
        depth += 1
        // Time goes on, so that no two lives are minted in the same millisecond.
        site.clock.advance(milliseconds: 1)
        let node = Int.random(in: 0..<nodes.count, using: &generator)
        let key = keys[Int.random(in: 0..<keys.count, using: &generator)]
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<12: await create(key, node)
        case 12..<18: await delete(key, node)
        case 18..<40: await post(to: key, node)
        case 40..<55: await claim(in: key, node)
        case 55..<72: await deleteMessage(in: key, node)
        case 72..<82: await list(key, node)
        case 82..<87: await beginMove(key)
        case 87..<91: await finishSomeMove()
        case 91..<94: await changePool(node)
        case 94..<96: await toggleStore()
        case 96..<98: await nodes[node].retireRemovedOnce()
        default: site.clock.advance(seconds: Int.random(in: 1...40, using: &generator))
        }
        await noteEnded()
        depth -= 1
    }

    // MARK: What is wrong

    func note(_ words: String) {
        history.append("\(step)\(String(repeating: " ", count: depth)) \(words)")
    }

    func count(_ name: String) {
        tally[name, default: 0] += 1
    }

    func expect(_ fault: String?) {
        guard let fault else { return }
        fail(fault)
    }

    func fail(_ fault: String) {
        guard !isBroken else { return }
        isBroken = true
        Issue.record("seed \(seed), step \(step): \(fault)\n\(history.suffix(25).joined(separator: "\n"))")
    }

    // MARK: Lives

    private func noteRemoval(_ record: QueueRecord) {
        removed.insert(record.life)
    }

    /// A removed life is over once it is off the list of those that pools have yet to retire.
    func noteEnded() async {
        guard let open = try? await site.store.base.retirements(limit: 10_000) else {
            return fail("no retirements")
        }
        ended = removed.subtracting(open.map(\.ref.life))
    }
}

@Suite("Simulated nodes") struct RouteSimulationTests {
    @Test("no order of events loses, doubles or revives anything", arguments: UInt64(1)...300)
    func simulate(seed: UInt64) async throws {
        try await Site.with { site in
            let simulation = try await RouteSimulation(seed: seed, site: site)
            await simulation.run(steps: 200)
        }
    }

    @Test("a seed can be played again")
    func repeated() async throws {
        var histories: [[String]] = []
        for _ in 0..<2 {
            try await Site.with { site in
                let simulation = try await RouteSimulation(seed: 7, site: site)
                await simulation.run(steps: 200)
                histories.append(await simulation.history)
            }
        }
        #expect(histories[0] == histories[1])
    }

    @Test("the simulation does what it is there for")
    func coverage() async throws {
        var tally: [String: Int] = [:]
        for seed in UInt64(1000)..<1010 {
            try await Site.with { site in
                let simulation = try await RouteSimulation(seed: seed, site: site)
                await simulation.run(steps: 200)
                tally.merge(await simulation.tally) { $0 + $1 }
            }
        }
        for name in [
            "created", "deleted", "posted", "claimed", "message deleted", "listed", "moved", "outdated route",
            "recreated", "nested", "unavailable",
        ] {
            #expect(tally[name, default: 0] > 10, "\(name): \(tally[name, default: 0])")
        }
    }
}
