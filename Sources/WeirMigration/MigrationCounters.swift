internal import Synchronization
package import WeirDomain

/// What the workers of one node have done since it started, and what they have seen.
package final class MigrationCounters: Sendable {
    /// A consistent look at them.
    package struct Figures: Sendable {
        /// For each bound of `stallBounds`, and then for all, how many switches kept their queue waiting no longer.
        package fileprivate(set) var stalls = [Int](repeating: 0, count: stallBounds.count + 1)
        package fileprivate(set) var stallSeconds = 0.0
        package fileprivate(set) var aborts = 0
        package fileprivate(set) var mismatches = 0
        package fileprivate(set) var copiedMessages = 0
        /// Migrations of all nodes that were not over when this node looked last; nil while the catalog is away, and on a
        /// node that moves no queues.
        package fileprivate(set) var unended: [MigrationState: Int]?
    }

    /// Seconds.
    package static let stallBounds = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

    private let state = Mutex(Figures())

    package init() {}

    package var figures: Figures { state.withLock { $0 } }

    func notice(_ unended: [MigrationState: Int]?) {
        state.withLock { $0.unended = unended }
    }

    func countSwitch(stall milliseconds: Int) {
        let seconds = Double(milliseconds) / 1000
        state.withLock { state in
            for (index, bound) in Self.stallBounds.enumerated() where seconds <= bound { state.stalls[index] += 1 }
            state.stalls[Self.stallBounds.count] += 1
            state.stallSeconds += seconds
        }
    }

    func countAbort() {
        state.withLock { $0.aborts += 1 }
    }

    func countMismatch() {
        state.withLock { $0.mismatches += 1 }
    }

    func countCopied(_ messages: Int) {
        state.withLock { $0.copiedMessages += messages }
    }
}
