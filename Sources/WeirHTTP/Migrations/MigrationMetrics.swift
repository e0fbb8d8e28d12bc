internal import WeirDomain
internal import WeirMigration
internal import WeirOperations

extension HTTPService {
    /// What is under way in the whole service, and what the workers of this node have done.
    func addMigrations(to text: inout MetricsText) {
        let figures = operations.moves.figures
        if let counts = figures.unended {
            text.family("weir_migrations", "gauge", "Migrations that are not over, of all nodes, by state.")
            for state in MigrationState.allCases where !state.hasEnded {
                text.sample(["state": state.rawValue], counts[state] ?? 0)
            }
        }
        text.family(
            "weir_migration_stall_seconds", "histogram", "For how long switches of this node kept their queue waiting.")
        for (bound, count) in zip(MigrationCounters.stallBounds, figures.stalls) {
            text.sample(["le": "\(bound)"], count, suffix: "_bucket")
        }
        let switches = figures.stalls.last ?? 0
        text.sample(["le": "+Inf"], switches, suffix: "_bucket")
        text.sample([:], figures.stallSeconds, suffix: "_sum")
        text.sample([:], switches, suffix: "_count")
        text.family("weir_migration_aborts_total", "counter", "Cutovers that this node gave up.")
        text.sample([:], figures.aborts)
        text.family("weir_migration_mismatches_total", "counter", "Differences between copies that this node found.")
        text.sample([:], figures.mismatches)
        text.family("weir_migration_copied_messages_total", "counter", "Messages that this node copied.")
        text.sample([:], figures.copiedMessages)
    }
}
