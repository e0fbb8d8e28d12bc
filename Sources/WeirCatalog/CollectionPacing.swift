internal import WeirDomain

/// How long garbage collection rests between two rounds.
package struct CollectionPacing {
    /// How long there has been more to collect after each round.
    private var behind = Duration.zero

    private static let longestRest = Duration.milliseconds(500)

    package init() {}

    /// - Parameters:
    ///   - round: how long the last round took.
    ///   - isDirty: whether it left something behind.
    package mutating func pause(after round: Duration, isDirty: Bool) -> Duration {
        guard isDirty else {
            behind = .zero
            return .milliseconds(Limits.collectionIntervalMilliseconds)
        }
        let rest = max(.milliseconds(1), min(round * 3, Self.longestRest))
        behind += round + rest
        return behind < .seconds(Limits.collectionPatienceSeconds) ? rest : .milliseconds(1)
    }
}
