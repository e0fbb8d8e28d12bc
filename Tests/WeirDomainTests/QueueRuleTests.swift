import TestSupport
import Testing
import WeirDomain

@Suite("Dead-lettering") struct DeadLetteringTests {
    private func settings(_ maximumClaims: Int?, _ target: String?) -> QueueSettings {
        var settings = QueueSettings()
        settings.maximumClaims = maximumClaims
        settings.deadLetterQueue = target.flatMap(QueueName.init)
        return settings
    }

    @Test("it needs a count and another queue")
    func both() throws {
        let jobs = try #require(QueueName("jobs"))
        let rule = try #require(settings(1, "dead").deadLettering(of: jobs))
        #expect(rule.maximumClaims == 1)
        #expect(rule.target == QueueName("dead"))
    }

    @Test(
        "it is off if one is missing, the count is below 1 or the queue is its own target",
        arguments: [(nil, nil), (3, nil), (nil, "dead"), (0, "dead"), (-1, "dead"), (3, "jobs")]
            as [(Int?, String?)])
    func off(maximumClaims: Int?, target: String?) throws {
        let jobs = try #require(QueueName("jobs"))
        #expect(settings(maximumClaims, target).deadLettering(of: jobs) == nil)
    }
}

@Suite("Flavors") struct FlavorTests {
    private func pool(flavor: String?) -> Pool {
        Pool(name: "p", uri: "memory:p", weight: 1, flavor: flavor)
    }

    @Test("a flavor that lists its pools admits those that carry its name")
    func lists() throws {
        let project = try #require(ProjectID("team"))
        let flavor = Flavor(project: project, name: "gold", required: [], listsPools: true)
        #expect(flavor.admits(pool(flavor: "gold")))
        for other in [nil, "", "silver", "Gold"] { #expect(!flavor.admits(pool(flavor: other))) }
    }

    @Test("a flavor that lists none admits every pool", arguments: [nil, "", "gold", "silver"])
    func listsNone(name: String?) throws {
        let project = try #require(ProjectID("team"))
        #expect(
            Flavor(project: project, name: "gold", required: [.fifo], listsPools: false).admits(
                pool(flavor: name)))
    }

    @Test("an empty name of a flavor counts as none")
    func emptyName() {
        #expect(pool(flavor: nil).flavorName == nil)
        #expect(pool(flavor: "").flavorName == nil)
        #expect(pool(flavor: "gold").flavorName == "gold")
    }
}

@Suite("Lives of queues") struct QueueLifeTests {
    private let start = Timestamp(milliseconds: 1_900_000_000_000)

    @Test("lives minted in different milliseconds rise, whatever the generator gives")
    func rise() {
        var lowest = Constant(value: 0)
        var highest = Constant(value: .max)
        var time = start
        for step in [Int64(1), 2, 1000, 86_400_000, 31_536_000_000] {
            let earlier = QueueLife.mint(at: time, using: &highest)
            time.milliseconds += step
            #expect(earlier < QueueLife.mint(at: time, using: &lowest))
        }
    }

    @Test("lives minted in the same millisecond seldom meet")
    func unique() {
        var generator = SeededGenerator(seed: 5)
        let lives = Set((0..<1000).map { _ in QueueLife.mint(at: start, using: &generator) })
        #expect(lives.count >= 995)
    }

    @Test("lives are above 0 until the year 2109")
    func positive() {
        var generator = SeededGenerator(seed: 6)
        let times: [Int64] = [1, start.milliseconds, (1 << 42) - 1]
        for milliseconds in times {
            #expect(QueueLife.mint(at: Timestamp(milliseconds: milliseconds), using: &generator).value > 0)
        }
    }

    /// No random numbers at all.
    private struct Constant: RandomNumberGenerator {
        let value: UInt64
        mutating func next() -> UInt64 { value }
    }
}
