/// How a node moves queues.
package struct MigrationSettings: Hashable, Sendable {
    /// Moves at a time: by all nodes together, and out of one pool or into one pool.
    package var concurrency = 8
    package var concurrencyPerPool = 2
    /// What one node copies, or compares, out of one pool, and into one pool, in a second; nil for no bound.
    package var messagesPerSecond: Int?
    package var bytesPerSecond: Int?
    /// Whether copying goes slower while callers of a pool wait longer than they are used to.
    package var isConsiderate = true
    /// How often migrations that nobody works on are reviewed, and how many changes a pool may mark for one of them:
    /// beyond that what was copied is given up, or the way back.
    package var reviewMilliseconds = 5000
    package var keptChanges = 100_000

    package init() {}
}

/// Bounds of a move that are not the operator's to change.
enum MoveLimits {
    /// What is copied in one step, and how much of it with consideration for callers, who wait while a store does a step.
    static let pageMessages = 500
    static let consideratePageMessages = 50
    static let pageBytes = 1 << 20
    /// Records that one step of cleaning removes.
    static let clearedPerStep = 1000
    /// A cutover begins when so few changes were left to carry over, and twice as many for each second that this is
    /// not reached, up to the second figure.
    static let changesAtCutover = 64
    static let mostChangesAtCutover = 4096
    /// How long a fence may stand before its worker gives the cutover up.
    static let fenceMilliseconds = 500
    /// Cutovers in a row whose counts differ before the migration fails.
    static let countMismatches = 5
    /// How often progress is recorded, which also says that the worker lives.
    static let saveMilliseconds = 500
    /// A worker that has recorded nothing for so long is replaced.
    static let silenceMilliseconds = 3000
    /// How long a node rests before it looks for migrations again: four times as long as the last look took, if there
    /// are so many that it took long.
    static func rest(afterLookOf milliseconds: Int) -> Int {
        min(max(250, 4 * milliseconds), 5000)
    }
    /// How soon after the end of a move the next begins.
    static let nextMoveMilliseconds = 50
    /// Migrations that a node looks at, at a time.
    static let considered = 1000
    /// Rest between two passes when nothing has changed.
    static let idleMilliseconds = 20
    /// The same while only the order to cut over is missing, and how many such moves take no place among those under way.
    static let waitingMilliseconds = 500
    static let waitingForOrders = 200
    /// Attempts to remove from a pool what a migration that will not happen has left there, before that is left to the sweeper.
    static let undoAttempts = 4
    /// Failures in a row after which a pool that goes on refusing (it is full, or of a kind that takes no part in moves)
    /// fails the migration: after about a minute.
    static let refusals = 16
    /// Rest after a failure: doubled each time, up to the second figure.
    static let failureRestMilliseconds = 100
    static let longestFailureRestMilliseconds = 5000
    /// Rest between two walks through the pools for leftovers, between two steps of one, and what a step looks at.
    static let sweepMilliseconds = 10_000
    static let sweepStepMilliseconds = 1000
    static let sweptPerStep = 1000
    /// Migrations that a review asks pools about.
    static let reviewedAtATime = 500
}
