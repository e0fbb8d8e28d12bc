internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

extension CatalogQueries {
    /// The migrations of these numbers.
    func migrations(_ numbers: Set<Int64>) throws(MongoFailure) -> [Int64: MigrationRecord] {
        guard !numbers.isEmpty else { return [:] }
        let found = try list(CatalogSchema.migrations, after: .number(0), limit: numbers.count) { filter in
            filter.array("$and", CollectionOfOne(numbers)) { conditions, name, numbers in
                conditions.document(name) { condition in
                    condition.document("_id") { $0.array("$in", numbers) { $0.int64($1, $2) } }
                }
            }
        }
        var records: [Int64: MigrationRecord] = [:]
        for document in found {
            let record = try MigrationRecord(stored: document)
            records[record.number] = record
        }
        return records
    }

    /// The one of this life that is not over.
    func migration(of life: QueueLife) throws(MongoFailure) -> MigrationRecord? {
        let found = try find(CatalogSchema.migrations, limit: 1, hint: CatalogSchema.Index.moved) { filter in
            filter.int64("l", life.value)
            filter.bool("e", false)
        }
        return try found.first.map { (document) throws(MongoFailure) in try MigrationRecord(stored: document) }
    }

    func migrations(
        _ filter: MigrationFilter, after number: Int64, limit: Int
    ) throws(MongoFailure) -> [MigrationRecord] {
        let hint = filter.hasEnded == nil ? nil : CatalogSchema.Index.ended
        let found = try list(CatalogSchema.migrations, after: .number(number), limit: limit, hint: hint) {
            filter.write(to: &$0)
        }
        return try found.map { (document) throws(MongoFailure) in try MigrationRecord(stored: document) }
    }

    /// Migrations that are not over and name the pool.
    func countMoves(naming pool: String) throws(MongoFailure) -> Int {
        let reply = try connection.run { command in
            command.string("aggregate", CatalogSchema.migrations)
            command.array("pipeline", ["$match", "$count"]) { stages, name, stage in
                stages.document(name) { document in
                    guard stage == "$match" else { return document.string(stage, "n") }
                    // Each branch names an index of those that are not over.
                    document.document(stage) { filter in
                        filter.array("$or", ["f", "t"]) { branches, name, field in
                            branches.document(name) { branch in
                                branch.bool("e", false)
                                branch.string(field, pool)
                            }
                        }
                    }
                }
            }
            command.document("cursor") { _ in }
        }
        return Int(reply.document("cursor")?.documents("firstBatch").first?.integer("n") ?? 0)
    }
}

extension MigrationFilter {
    fileprivate func write(to filter: inout BSONWriter) {
        if let state { filter.string("s", state) }
        if let hasEnded { filter.bool("e", hasEnded) }
        if let project { filter.string("p", project.value) }
        if let queue { filter.string("n", queue) }
        guard let pool else { return }
        filter.array("$or", ["f", "t"]) { branches, name, field in
            branches.document(name) { $0.string(field, pool) }
        }
    }
}
