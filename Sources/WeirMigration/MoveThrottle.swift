internal import Synchronization
internal import WeirCatalog
internal import WeirDomain

/// Bounds what this node copies and compares out of and into each pool, and in each move, in messages and bytes a second: token buckets
/// that hold a second's worth. While the pools serve others more slowly than they should, they get less, at the least a
/// sixteenth.
final class MoveThrottle: Sendable {
    struct Wait {
        let milliseconds: Int
        let reason: String
    }

    private enum Lane: Hashable {
        case outOf(String)
        case into(String)
        /// One move, with bounds of its own.
        case move(Int64)

        var pool: String? {
            switch self {
            case .outOf(let pool), .into(let pool): pool
            case .move: nil
            }
        }
    }

    private struct Bucket {
        /// Tokens that were used beyond what had come in.
        var debt = 0.0
        var at: Timestamp
        var rate: Double

        mutating func flow(to now: Timestamp) {
            debt = max(0, debt - rate * Double(max(0, now.milliseconds - at.milliseconds)) / 1000)
            at = now
        }
    }

    private struct State {
        var messages: [Lane: Bucket] = [:]
        var bytes: [Lane: Bucket] = [:]
        /// Of the pools whose callers suffer, the share of the bounds that is left.
        var shares: [String: Share] = [:]
    }

    private struct Share {
        var value = 1.0
        var changed: Timestamp
    }

    private let settings: MigrationSettings
    private let pools: PoolDirectory
    private let state = Mutex(State())

    /// How often the share of a pool may change, and how it grows back.
    private static let adjustMilliseconds: Int64 = 250
    private static let smallestShare = 1.0 / 16
    private static let growth = 1.1
    /// What copying goes at the most while a pool's callers suffer, if nothing bounds it otherwise.
    private static let fallbackMessages = 25_000.0

    init(_ settings: MigrationSettings, pools: PoolDirectory) {
        self.settings = settings
        self.pools = pools
    }

    /// How long copying has to wait; nil if it may go on.
    func wait(_ migration: Migration, at now: Timestamp) -> Wait? {
        let lanes = Self.lanes(migration)
        let involved = lanes.compactMap(\.pool)
        let suffering = settings.isConsiderate ? involved.filter { pools.pool(named: $0)?.suffers ?? false } : []
        return state.withLock { state in
            for pool in involved { Self.adjust(&state, pool, isSuffering: suffering.contains(pool), at: now) }
            let waits = lanes.compactMap { lane in wait(&state, lane, migration, at: now) }
            return waits.max { $0.milliseconds < $1.milliseconds }
        }
    }

    /// Counts what was copied, or compared.
    func use(_ migration: Migration, messages: Int, bytes: Int) {
        state.withLock { state in
            for lane in Self.lanes(migration) {
                state.messages[lane]?.debt += Double(messages)
                state.bytes[lane]?.debt += Double(bytes)
            }
        }
    }

    private static func lanes(_ migration: Migration) -> [Lane] {
        [.outOf(migration.source), .into(migration.target), .move(migration.number)]
    }

    /// Forgets a move that this node no longer copies for.
    func forget(_ number: Int64) {
        state.withLock { state in
            state.messages[.move(number)] = nil
            state.bytes[.move(number)] = nil
        }
    }

    private func wait(_ state: inout State, _ lane: Lane, _ migration: Migration, at now: Timestamp) -> Wait? {
        let share = lane.pool.flatMap { state.shares[$0]?.value } ?? 1
        let isMove = lane.pool == nil
        let messages = (isMove ? migration.messagesPerSecond : settings.messagesPerSecond).map(Double.init)
        let bytes = (isMove ? migration.bytesPerSecond : settings.bytesPerSecond).map(Double.init)
        let messageRate = share < 1 ? (messages ?? Self.fallbackMessages) * share : messages
        let longest = max(
            Self.delay(&state.messages[lane], rate: messageRate, at: now),
            Self.delay(&state.bytes[lane], rate: bytes.map { $0 * share }, at: now))
        guard longest > 0 else { return nil }
        let reason =
            switch lane.pool {
            case nil: "the bounds of this migration"
            case let pool? where share < 1: "callers of pool \(pool) have to wait"
            case let pool?: "the bounds of pool \(pool)"
            }
        return Wait(milliseconds: min(longest, 250), reason: reason)
    }

    /// Milliseconds until the bucket is out of debt.
    private static func delay(_ bucket: inout Bucket?, rate: Double?, at now: Timestamp) -> Int {
        guard let rate else {
            bucket = nil
            return 0
        }
        var filled = bucket ?? Bucket(at: now, rate: rate)
        filled.flow(to: now)
        filled.rate = rate
        bucket = filled
        return filled.debt > 0 ? Int((filled.debt / rate * 1000).rounded(.up)) : 0
    }

    private static func adjust(_ state: inout State, _ pool: String, isSuffering: Bool, at now: Timestamp) {
        guard isSuffering || state.shares[pool] != nil else { return }
        var share = state.shares[pool] ?? Share(changed: Timestamp(milliseconds: 0))
        guard now.milliseconds - share.changed.milliseconds >= adjustMilliseconds else { return }
        share.changed = now
        share.value = isSuffering ? max(smallestShare, share.value / 2) : share.value * growth
        state.shares[pool] = share.value < 1 ? share : nil
    }
}
