internal import WeirDomain

/// Migrations that wait for their turn, as they were read: the oldest first of those between the same two pools. However
/// many wait, it takes no longer to find those for which there is room.
struct WaitingMigrations {
    private enum Line: Hashable {
        /// Of those that take no room of others.
        case clearing
        case between(source: String, target: String, waitsForOrder: Bool)

        init(_ migration: Migration) {
            let needsRoom = migration.isBeforeSwitch && !migration.isReturning
            self =
                needsRoom
                ? .between(
                    source: migration.source, target: migration.target, waitsForOrder: migration.waitsForOrder)
                : .clearing
        }
    }

    private var lines: [[KnownMigration].SubSequence]

    /// - Parameter migrations: In the order of their numbers.
    init(_ migrations: [KnownMigration]) {
        let lines = Dictionary(grouping: migrations) { Line($0.migration) }
        self.lines = lines.values.map { $0[...] }
    }

    /// Takes out those for which there are slots, so many at the most.
    mutating func admit(to slots: inout MoveSlots, most: Int) -> [KnownMigration] {
        lines.removeAll { $0.isEmpty }
        lines.sort { ($0.first?.migration.number ?? 0) < ($1.first?.migration.number ?? 0) }
        var admitted: [KnownMigration] = []
        for place in lines.indices {
            while admitted.count < most, let first = lines[place].first, slots.admit(first.migration) {
                admitted.append(first)
                lines[place].removeFirst()
            }
        }
        return admitted
    }
}
