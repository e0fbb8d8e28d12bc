internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// The work of the thread that changes documents, each piece of it by itself: reads are of one snapshot, so of two
/// nodes that go by what they read one meets the other as a conflict, and looks again.
final class DocumentSession: MongoSession {
    let connection: MongoConnection
    private let queries: CatalogQueries

    init(_ connection: MongoConnection) {
        self.connection = connection
        queries = CatalogQueries(connection, readConcern: nil)
    }

    // MARK: Changes

    func insert(_ document: Document, now: Timestamp) throws(MongoFailure) -> Bool {
        guard try queries.document(document.key, now: now) == nil else { return false }
        try write(document, version: 1)
        return true
    }

    func replace(_ document: Document, now: Timestamp) throws(MongoFailure) -> Bool {
        guard try queries.document(document.key, now: now)?.version == document.version else { return false }
        try write(document, version: document.version + 1)
        return true
    }

    /// In the place of one whose time is over, if that was not collected.
    private func write(_ document: Document, version: Int64) throws(MongoFailure) {
        try connection.update(CatalogSchema.documents, CollectionOfOne(document)) { statement, document in
            statement.document("q") { $0.document("_id", document.key.stored) }
            statement.document("u") { document.write(to: &$0, version: version) }
            statement.bool("upsert", true)
        }
    }

    func remove(_ key: Document.Key, version: Int64?, now: Timestamp) throws(MongoFailure) -> Bool {
        let found = try queries.document(key, now: now)
        guard let found, version == nil || found.version == version else { return false }
        try connection.delete(CatalogSchema.documents) { $0.document("_id", key.stored) }
        return true
    }

    /// Removes those of these keys whose time is over.
    func collect(_ keys: [[UInt8]], now: Timestamp) throws(MongoFailure) {
        try connection.delete(CatalogSchema.documents) { filter in
            filter.document("_id") { $0.array("$in", keys) { $0.document($1, $2) } }
            filter.document("x") { $0.int64("$lte", now.milliseconds) }
        }
    }
}
