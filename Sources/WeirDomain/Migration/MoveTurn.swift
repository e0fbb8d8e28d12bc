/// A number that only grows and says who may act in the move of a queue: the migration, and how often its turn has
/// passed on. The turn passes at each take-over by another worker, each try of a cutover and each abort, always by a
/// compare-and-swap in the catalog. Pools refuse what comes with an older turn than they have seen, so that whatever
/// arrives late has no effect.
package struct MoveTurn: Hashable, Comparable, Sendable {
    /// The migration's number in the high bits, the turn within it in the low `turnBits`. Below 2^53, so that every
    /// store counts it exactly.
    package let value: Int64

    private static let turnBits: Int64 = 20

    /// Turns that one migration may take.
    package static let maximum = 1 << Int(turnBits) - 1
    /// Migrations that a catalog may number.
    package static let maximumMigration: Int64 = 1 << 33 - 1

    package init(_ value: Int64) {
        self.value = value
    }

    package init(migration: Int64, turn: Int) {
        value = migration << Self.turnBits | Int64(turn)
    }

    /// The number of the migration.
    package var migration: Int64 { value >> Self.turnBits }

    package static func < (left: MoveTurn, right: MoveTurn) -> Bool {
        left.value < right.value
    }
}
