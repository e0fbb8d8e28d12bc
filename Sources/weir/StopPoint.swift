internal import Glibc
internal import Synchronization
internal import WeirMigration

/// For tests: the process stops, as SIGSTOP does it, when a move reaches the point that a variable names, the first time.
enum StopPoint {
    static let variable = "WEIR_TEST_STOP_AT"

    /// What is to be done at each point.
    static func hook(_ environment: [String: String]) -> @Sendable (MovePoint) -> Void {
        guard let wanted = environment[variable].flatMap(MovePoint.init) else { return { _ in } }
        let isReached = Once()
        return { point in
            guard point == wanted, isReached.isFirst() else { return }
            kill(getpid(), SIGSTOP)
        }
    }
}

private final class Once: Sendable {
    private let isOver = Atomic<Bool>(false)

    func isFirst() -> Bool {
        !isOver.exchange(true, ordering: .relaxed)
    }
}
