internal import Synchronization

/// Notices when something takes longer than it used to: it compares the slow ones of the last moment with what was
/// usual in the last ten minutes or so.
final class LatencyWatch: Sendable {
    private struct State {
        /// Microseconds.
        var window: [Int] = []
        var begun = ContinuousClock.now
        /// The 95th percentile of the last window, and of those before it on average.
        var latest = 0
        var usual = 0.0
        var windows = 0
    }

    private static let windowSamples = 64
    private static let windowLength = Duration.milliseconds(250)
    /// So many windows make the average of ten minutes.
    private static let remembered = 2400
    /// Shorter than this nobody suffers.
    private static let tolerable = 2000
    private let state = Mutex(State())

    func record(_ duration: Duration) {
        let microseconds = Int(duration / .microseconds(1))
        state.withLock { state in
            state.window.append(microseconds)
            let isFull = state.window.count >= Self.windowSamples
            if isFull || ContinuousClock.now - state.begun > Self.windowLength { Self.close(&state) }
        }
    }

    private static func close(_ state: inout State) {
        let sorted = state.window.sorted()
        state.latest = sorted[(sorted.count - 1) * 95 / 100]
        state.windows = min(state.windows + 1, remembered)
        state.usual += (Double(state.latest) - state.usual) / Double(state.windows)
        state.window.removeAll(keepingCapacity: true)
        state.begun = .now
    }

    /// Whether what was recorded last took half as long again as usual.
    var suffers: Bool {
        state.withLock { state in
            ContinuousClock.now - state.begun < .seconds(1) && state.latest > Self.tolerable
                && Double(state.latest) > 1.5 * state.usual
        }
    }
}
