internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// The first numbers that a batch may use in the logs.
struct LogNumbers {
    let change: Int64
    let audit: Int64
}

/// Writing what a batch made of the records of queues and migrations.
extension MongoConnection {
    /// - Parameters:
    ///   - numbers: Of the first notes for the logs.
    ///   - place: Which counter of each pool and project is changed.
    func store(_ book: RecordBook, numbering numbers: LogNumbers, counting place: Int32) throws(MongoFailure) {
        // What is removed frees its life.
        try remove(book.removed)
        try replace(book.replaced)
        try insert(CatalogSchema.queues, book.inserted) { $1.write(to: &$0) }
        try forgetRetirements(book.retired)
        try remember(Array(book.retirements.values))
        try note(book.changed, from: numbers.change)
        try audit(book.entries, from: numbers.audit)
        try replace(book.replacedMigrations)
        if book.endedMigrations > 0 { _ = try add(book.endedMigrations, to: "ended", of: "migrations") }
        try countForProjects(book.projects, place)
        // Last: in a pool that is changed meanwhile all of this was in vain, but that is rare.
        try countForPools(book.pools, place)
    }

    private func remove(_ keys: [QueueKey]) throws(MongoFailure) {
        guard !keys.isEmpty else { return }
        try delete(CatalogSchema.queues) { filter in
            filter.document("_id") { $0.array("$in", keys) { $0.document($1, $2.stored) } }
        }
    }

    private func replace(_ records: [QueueRecord]) throws(MongoFailure) {
        try update(CatalogSchema.queues, records) { statement, record in
            statement.document("q") { $0.document("_id", record.key.stored) }
            statement.document("u") { record.write(to: &$0) }
        }
    }

    private func replace(_ migrations: [MigrationRecord]) throws(MongoFailure) {
        try update(CatalogSchema.migrations, migrations) { statement, migration in
            statement.document("q") { $0.int64("_id", migration.number) }
            statement.document("u") { migration.write(to: &$0) }
        }
    }

    // MARK: Retirements

    private func forgetRetirements(_ lives: Set<QueueLife>) throws(MongoFailure) {
        guard !lives.isEmpty else { return }
        try delete(CatalogSchema.retirements) { filter in
            filter.document("_id") { $0.array("$in", lives) { $0.int64($1, $2.value) } }
        }
    }

    /// Should a life have been used before, this retirement takes the place of that one.
    private func remember(_ retirements: [Retirement]) throws(MongoFailure) {
        try update(CatalogSchema.retirements, retirements) { statement, retirement in
            statement.document("q") { $0.int64("_id", retirement.ref.life.value) }
            statement.document("u") { retirement.write(to: &$0) }
            statement.bool("upsert", true)
        }
    }

    // MARK: The logs

    private func audit(_ entries: [AuditEntry], from number: Int64) throws(MongoFailure) {
        try insert(CatalogSchema.audit, zip(number..., entries).map { $0 }) { document, line in
            line.1.write(to: &document, number: line.0)
        }
    }

    private func note(_ keys: [QueueKey], from number: Int64) throws(MongoFailure) {
        guard !keys.isEmpty else { return }
        try insert(CatalogSchema.changes, zip(number..., keys).map { $0 }) { document, change in
            document.int64("_id", change.0)
            document.string("p", change.1.project.value)
            document.string("n", change.1.name.value)
        }
        let forgotten = ChangeLog.forgotten(last: number + Int64(keys.count) - 1)
        guard forgotten > 0 else { return }
        try delete(CatalogSchema.changes) { $0.document("_id") { $0.int64("$lte", forgotten) } }
    }
}

/// Which changes are remembered.
enum ChangeLog {
    /// The last number that is forgotten when this one is the last of all.
    static func forgotten(last: Int64) -> Int64 { max(0, last - Int64(Limits.rememberedChanges)) }
}
