import Foundation
import MemoryDriver
import Synchronization
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// What all simulated nodes share: time, the catalog, the stores, and what befalls calls.
final class SimulatedWorld: Sendable {
    struct Fate {
        enum Kind { case done, lost, doneLater, answerLost }

        var kind: Kind
        /// Milliseconds.
        var delay: Int
        var lateness: Int
    }

    private struct State {
        var generator: SeededGenerator
        var areFaultsOn = true
        var late = 0
        var held: [@Sendable () async -> Void] = []
        var slow: [String: Int] = [:]
        var losesAnswerOfSwitch = false
    }

    let executor: SeededExecutor
    let catalog: MemoryCatalogStore
    let stores: [String: MemoryDriver]
    let planted: PlantedRule?
    /// The pool that takes no copies: it is full.
    let full: String?
    let history: MoveHistory
    private let state: Mutex<State>

    static let pools = ["a", "b"]

    init(seed: UInt64, planted: PlantedRule?, full: String? = nil) {
        self.full = full
        executor = SeededExecutor(seed: seed)
        state = Mutex(State(generator: SeededGenerator(seed: seed ^ 0x5EED)))
        catalog = MemoryCatalogStore(ignoresVersionAtSwitch: planted == .switchUnchecked)
        stores = Dictionary(
            uniqueKeysWithValues: Self.pools.map { ($0, MemoryDriver(planted: planted?.inPools)) })
        self.planted = planted
        history = MoveHistory()
    }

    var now: Timestamp { Timestamp(milliseconds: executor.now) }

    /// `WEIR_SIMULATION_TRACE=1` has every call that a pool did in the log of a failing run.
    private static let isTracing = ProcessInfo.processInfo.environment["WEIR_SIMULATION_TRACE"] != nil

    func trace(_ line: @autoclosure () -> String) {
        if Self.isTracing { history.note("\(executor.now) \(line())") }
    }

    // MARK: Chance

    func random(_ range: ClosedRange<Int>) -> Int {
        state.withLock { Int.random(in: range, using: &$0.generator) }
    }

    func oneIn(_ count: Int) -> Bool {
        state.withLock { $0.generator.oneIn(count) }
    }

    func bits() -> UInt64 {
        state.withLock { $0.generator.next() }
    }

    var areFaultsOn: Bool { state.withLock { $0.areFaultsOn } }

    /// From now on calls are late only.
    func endFaults() {
        state.withLock { $0.areFaultsOn = false }
    }

    /// Lets go of what is kept back.
    func vanish() {
        state.withLock { $0.held = [] }
    }

    /// Most calls take a moment; some are lost, some take long, some are done when nobody expects it any more.
    func fate() -> Fate {
        state.withLock { state in
            var fate = Fate(kind: .done, delay: Int.random(in: 0...4, using: &state.generator), lateness: 0)
            guard state.areFaultsOn else { return fate }
            if state.generator.oneIn(60) { fate.delay = Int.random(in: 20...400, using: &state.generator) }
            guard state.generator.oneIn(50) else { return fate }
            fate.lateness = Int.random(in: 1...1500, using: &state.generator)
            fate.kind = [.lost, .doneLater, .doneLater, .answerLost][Int.random(in: 0...3, using: &state.generator)]
            return fate
        }
    }

    /// From now on the calls of a pool that are named so take that long.
    func slowDown(_ operation: String, of pool: String, milliseconds: Int) {
        state.withLock { $0.slow["\(pool) \(operation)"] = milliseconds }
    }

    func slowness(of operation: String, in pool: String) -> Int {
        state.withLock { $0.slow["\(pool) \(operation.prefix { $0 != "(" })"] ?? 0 }
    }

    /// The next switch is done, and whoever asked for it is not told.
    func loseAnswerOfSwitch() {
        state.withLock { $0.losesAnswerOfSwitch = true }
    }

    func losesAnswer(ofSwitch isSwitch: Bool) -> Bool {
        state.withLock { state in
            defer { if isSwitch { state.losesAnswerOfSwitch = false } }
            return isSwitch && state.losesAnswerOfSwitch
        }
    }

    /// Whether a call reaches the store once more, long after. What moves a queue has to bear that.
    func repeats(_ operation: String) -> Bool {
        areFaultsOn && operation.contains("fence") && oneIn(2)
    }

    /// Keeps such a call back for the worst moment: just after a later fence.
    func hold(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { $0.held.append(work) }
    }

    func releaseHeld() {
        guard oneIn(3) else { return }
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for work in held { later(random(0...12), work) }
    }

    /// Does `work` after so many milliseconds.
    func later(_ milliseconds: Int, _ work: @escaping @Sendable () async -> Void) {
        state.withLock { $0.late += 1 }
        Task(executorPreference: executor) {
            await self.executor.sleep(milliseconds: milliseconds)
            await work()
            self.state.withLock { $0.late -= 1 }
        }
    }

    /// Whether calls are still on their way that nobody waits for.
    var hasLateCalls: Bool { state.withLock { $0.late > 0 } }
}

/// A rule of the protocol that a simulation is made to break: it must be noticed.
enum PlantedRule: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case fenceNotChecked, deletionsNotMarked, receiptsNotMarked, marksClearedWhenRead, lastReadBeforeFence, fenceExpires,
        importTurnNotChecked, switchUnchecked, sequenceNotCarried, fenceNotMonotonic, unfenceUnconditional

    /// What the pools do wrong, if it is they.
    var inPools: PlantedFault? { PlantedFault(rawValue: rawValue) }

    var testDescription: String { rawValue }
}
