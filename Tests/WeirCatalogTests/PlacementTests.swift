import Testing
import WeirCatalog
import WeirDomain

@Suite("Placement") struct PlacementTests {
    private static let count = 20_000

    private static func keys() throws -> [QueueKey] {
        try (0..<count).map { try .named("queue-\($0)", of: "team\($0 % 7)") }
    }

    private static func pools(_ weights: [(String, Int)]) -> [Pool] {
        weights.map { Pool(name: $0.0, uri: "memory:\($0.0)", weight: $0.1) }
    }

    private static func choices(_ keys: [QueueKey], among pools: [Pool]) -> [String] {
        keys.map { PoolPlacement.choose(for: $0, among: pools)?.name ?? "none" }
    }

    @Test(
        "pools get queues in proportion to their weights",
        arguments: [
            [1, 1], [100, 100, 100], [1, 2, 3, 4], [10, 90], [1, 1_000_000], [4_294_967_295, 4_294_967_295],
        ])
    func proportion(weights: [Int]) throws {
        let pools = Self.pools(weights.enumerated().map { ("pool\($0.offset)", $0.element) })
        let counts = Self.choices(try Self.keys(), among: pools).reduce(into: [:]) { $0[$1, default: 0] += 1 }
        let total = weights.reduce(0, +)
        for (number, weight) in weights.enumerated() {
            let expected = Double(Self.count) * Double(weight) / Double(total)
            let found = Double(counts["pool\(number)", default: 0])
            // Five times the deviation of a fair draw, and a little for the smallest.
            #expect(abs(found - expected) < 5 * expected.squareRoot() + 5, "\(found) of \(expected)")
        }
    }

    @Test("a pool that comes takes queues from all others, and no queue moves between those")
    func arrival() throws {
        let keys = try Self.keys()
        let before = Self.choices(keys, among: Self.pools([("a", 100), ("b", 200)]))
        let after = Self.choices(keys, among: Self.pools([("a", 100), ("b", 200), ("c", 100)]))
        let moved = zip(before, after).filter { $0 != $1 }
        #expect(Set(moved.map(\.1)) == ["c"])
        #expect(Set(moved.map(\.0)) == ["a", "b"])
        #expect((4500...5500).contains(moved.count), "a quarter of 20,000")
    }

    @Test("a heavier pool only gains queues, a lighter one only loses some")
    func weights() throws {
        let keys = try Self.keys()
        let light = Self.choices(keys, among: Self.pools([("a", 100), ("b", 100)]))
        let heavy = Self.choices(keys, among: Self.pools([("a", 150), ("b", 100)]))
        let moved = zip(light, heavy).filter { $0 != $1 }
        #expect(Set(moved.map(\.1)) == ["a"])
        #expect((1500...2500).contains(moved.count), "from a half to three fifths")
    }

    @Test("the order of the pools does not matter")
    func order() throws {
        let keys = try Self.keys().prefix(2000).map(\.self)
        let pools = Self.pools([("a", 1), ("b", 2), ("c", 3), ("d", 4)])
        let choices = Self.choices(keys, among: pools)
        #expect(Self.choices(keys, among: pools.reversed()) == choices)
        #expect(Self.choices(keys, among: pools.shuffled()) == choices)
    }

    @Test("two hundred thousand queues land within two hundredths of their pools' shares")
    func shares() throws {
        let weights = [10, 20, 30, 50, 80, 100, 100, 150, 210, 250]
        let pools = Self.pools(weights.enumerated().map { ("pool\($0.offset)", $0.element) })
        var held: [String: Int] = [:]
        for number in 0..<200_000 {
            let key = try QueueKey.named("queue-\(number)", of: "team\(number % 11)")
            held[try #require(PoolPlacement.choose(for: key, among: pools, holding: held)).name, default: 0] += 1
        }
        for (number, weight) in weights.enumerated() {
            let share = Double(weight) / 1000
            let found = Double(held["pool\(number)", default: 0]) / 200_000
            #expect(abs(found - share) < 0.02 * max(share, 0.1), "pool\(number): \(found) of \(share)")
        }
    }

    @Test("a pool far above its share is passed over, until the others have caught up")
    func bounded() throws {
        let pools = Self.pools([("old", 100), ("new", 100)])
        var held = ["old": 10_000, "new": 0]
        for key in try Self.keys() {
            held[try #require(PoolPlacement.choose(for: key, among: pools, holding: held)).name, default: 0] += 1
            guard held["new", default: 0] < 8000 else { break }
            #expect(held["old"] == 10_000)
        }
        #expect(try PoolPlacement.choose(for: .named("x"), among: [pools[0]], holding: held)?.name == "old")
    }

    @Test("pools that weigh nothing or are draining take no queue")
    func closed() throws {
        let keys = try Self.keys().prefix(2000).map(\.self)
        var pools = Self.pools([("open", 1), ("weightless", 0), ("draining", 1_000_000)])
        pools[2].state = .draining
        #expect(Set(Self.choices(keys, among: pools)) == ["open"])
        #expect(Set(Self.choices(keys, among: Array(pools.dropFirst()))) == ["none"])
        #expect(PoolPlacement.choose(for: keys[0], among: []) == nil)
    }

    @Test("nothing but name, weight and state counts")
    func irrelevant() throws {
        let keys = try Self.keys().prefix(500).map(\.self)
        let pools = Self.pools([("a", 100), ("b", 100)])
        let others = pools.map {
            Pool(name: $0.name, uri: "redis://\($0.name)", weight: 100, flavor: "gold", options: [1, 2])
        }
        #expect(Self.choices(keys, among: pools) == Self.choices(keys, among: others))
    }

    /// Worked out by another program: should one of these change, nodes of two versions would place a queue
    /// differently.
    @Test(
        "the choice is the same for ever",
        arguments: [
            ("team", "jobs", "green"), ("team", "orders", "blue"), ("team", "mail", "green"),
            ("others", "jobs", "red"),
            ("6f70656e737461636b", "a", "green"), ("team", "x", "blue"), ("é", "jobs", "blue"),
            ("team", "logs-2026.11", "blue"), ("team", "q1", "green"), ("team", "q2", "blue"),
            ("team", "q10", "green"),
        ])
    func golden(project: String, queue: String, pool: String) throws {
        let pools = Self.pools([("red", 100), ("green", 100), ("blue", 300), ("grey", 1)])
        #expect(PoolPlacement.choose(for: try .named(queue, of: project), among: pools)?.name == pool)
    }
}
