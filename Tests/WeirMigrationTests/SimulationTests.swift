import Foundation
import TestSupport
import Testing

/// Seeds may be chosen: `WEIR_SIMULATION_SEEDS=FIRST-LAST`. One alone is played again with its log printed.
@Suite("Simulated moves", .serialized) struct SimulationTests {
    private static let seeds: ClosedRange<UInt64> = {
        let text = ProcessInfo.processInfo.environment["WEIR_SIMULATION_SEEDS"] ?? "1-5000"
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        return (ends.first ?? 1)...(ends.last ?? 1)
    }()

    /// On a thread of its own: a run keeps its thread to itself, and other tests need theirs.
    private static func play(_ simulation: MoveSimulation) async -> [String] {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                // Tests that wait for servers go first.
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                continuation.resume(returning: simulation.run())
            }
        }
    }

    @Test("nothing is lost, doubled, undone or left behind")
    func holds() async {
        var tally: [String: Int] = [:]
        // Runs know nothing of each other, so each processor gets its share of them.
        let shares = ProcessInfo.processInfo.activeProcessorCount
        await withTaskGroup(of: [String: Int].self) { group in
            for share in 0..<shares { group.addTask { await Self.play(share, of: shares) } }
            for await part in group { tally.merge(part, uniquingKeysWith: +) }
        }
        guard Self.seeds.count >= 1000 else { return }
        let events = [
            "done", "cancelled", "reversed", "pause", "cutover", "killed", "frozen", "cut off", "post failed",
            "given up while it waited",
        ]
        for what in events {
            #expect(tally[what, default: 0] > 0, "\(what) never happened")
        }
    }

    /// Plays one of so many shares of the seeds, up to the first that breaks a rule, and counts what happened.
    private static func play(_ share: Int, of shares: Int) async -> [String: Int] {
        var tally: [String: Int] = [:]
        for seed in seeds where Int(seed % UInt64(shares)) == share {
            let simulation = MoveSimulation(seed: seed)
            let violations = await play(simulation)
            tally.merge(simulation.world.history.tally, uniquingKeysWith: +)
            if seeds.count == 1 { print(simulation.world.history.text) }
            guard violations.isEmpty else {
                Issue.record("seed \(seed): \(violations.joined(separator: "; "))\n\(simulation.world.history.text)")
                break
            }
        }
        return tally
    }

    @Test("a rule that is broken is noticed", arguments: PlantedRule.allCases)
    func notices(rule: PlantedRule) async {
        for seed in UInt64(1)...1000 {
            if await !Self.play(MoveSimulation(seed: seed, planted: rule)).isEmpty { return }
        }
        Issue.record("\(rule) was not noticed in 1000 runs")
    }

    @Test("a seed decides everything")
    func repeats() async {
        let (one, other) = (MoveSimulation(seed: 7), MoveSimulation(seed: 7))
        let (violations, same) = (await Self.play(one), await Self.play(other))
        #expect(violations == same)
        #expect(one.world.history.log == other.world.history.log)
        #expect(one.world.history.tally == other.world.history.tally)
    }
}
