import Foundation
import TestSupport
import Testing

/// Seeds may be chosen: `WEIR_SIMULATION_SEEDS=FIRST-LAST`, one seed to play a failure again.
@Suite("Simulated moves") struct SimulationTests {
    private static let seeds: ClosedRange<UInt64> = {
        let text = ProcessInfo.processInfo.environment["WEIR_SIMULATION_SEEDS"] ?? "1-10000"
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        return (ends.first ?? 1)...(ends.last ?? 1)
    }()

    /// So many seeds are played at a time, on a thread each.
    @Test("nothing is lost, doubled, undone or left behind", arguments: 0..<4)
    func holds(part: UInt64) {
        var tally: [String: Int] = [:]
        for seed in Self.seeds where seed % 4 == part {
            let simulation = MoveSimulation(seed: seed)
            let violations = simulation.run()
            for (what, count) in simulation.world.history.tally { tally[what, default: 0] += count }
            guard violations.isEmpty else {
                let log = simulation.world.history.log.suffix(200_000).joined(separator: "\n")
                Issue.record("seed \(seed): \(violations.joined(separator: "; "))\n\(log)")
                return
            }
        }
        guard Self.seeds.count >= 1000 else { return }
        for what in ["done", "cancelled", "reversed", "pause", "cutover", "killed", "frozen", "cut off", "post failed"] {
            #expect(tally[what, default: 0] > 0, "\(what) never happened")
        }
    }

    @Test("a rule that is broken is noticed", arguments: PlantedRule.allCases)
    func notices(rule: PlantedRule) {
        for seed in UInt64(1)...1000 {
            if !MoveSimulation(seed: seed, planted: rule).run().isEmpty { return }
        }
        Issue.record("\(rule) was not noticed in 1000 runs")
    }

    @Test("a seed decides everything")
    func repeats() {
        let (one, other) = (MoveSimulation(seed: 7), MoveSimulation(seed: 7))
        #expect(one.run() == other.run())
        #expect(one.world.history.log == other.world.history.log)
        #expect(one.world.history.tally == other.world.history.tally)
    }
}
