internal import MongoEngine

/// The collections of a catalog. Their names begin with `catalog_`, so a pool may be in the same database.
///
/// To change the format: raise `version`, add the step from the version before to `prepare`, and keep every earlier
/// step, so that a catalog of any age is brought up to date when it is opened.
enum CatalogSchema {
    static let version: Int64 = 3

    /// `format`: version. `pools`: version, the last that a change of pools or flavors or a line of the audit log was
    /// given; registered, if a pool ever was. `changes`: last, the number of the last change of a queue's record.
    /// `migrations`: last, the number of the last migration; ended, how many that are over are kept.
    static let state = "catalog_state"
    /// Key: project, name. l: life, e: epoch, o: pool, m: metadata, v: version.
    static let queues = "catalog_queues"
    /// See `CounterKeys`.
    static let pools = "catalog_pools"
    /// Counters of the projects' queues, with the keys of `CounterKeys`.
    static let projects = "catalog_projects"
    /// Key: project, name. r: what it requires, l: whether it lists its pools.
    static let flavors = "catalog_flavors"
    /// Key: life. e: epoch, o: pool.
    static let retirements = "catalog_retirements"
    /// Key: number. The rest by the names of `AuditEntry`.
    static let audit = "catalog_audit"
    /// Key: number. p: project, n: name.
    static let changes = "catalog_changes"
    /// Since version 2. Key: number. p: project, n: name, l: life, f: from, t: to, s: state, e: whether it is over,
    /// d: document, v: version.
    static let migrations = "catalog_migrations"
    /// Since version 3. Key: kind, project, owner, name. c: content, x: when it ends, if it does, v: version.
    static let documents = "catalog_documents"

    /// Names of indexes.
    enum Index {
        static let life = "life"
        static let uri = "uri"
        static let flavor = "flavor"
        static let required = "required"
        /// Migrations that are over and those that are not, each kind in the order of the numbers.
        static let ended = "ended"
        /// These have migrations that are not over alone.
        static let moved = "moved"
        static let source = "source"
        static let target = "target"
        static let expiry = "expiry"
    }

    /// Makes what is missing.
    static func prepare(_ connection: MongoConnection) throws(MongoFailure) {
        try checkFormat(connection)
        try index(connection, queues, Index.life, ["l"], isUnique: true)
        try index(connection, pools, Index.uri, ["u"], isUnique: true, isSparse: true)
        try index(connection, pools, Index.flavor, ["f"], isSparse: true)
        try index(connection, flavors, Index.required, ["_id.n", "r"])
        try index(connection, migrations, Index.ended, ["e", "_id"])
        try index(connection, migrations, Index.moved, ["l"], isUnique: true, without: "e")
        try index(connection, migrations, Index.source, ["f"], without: "e")
        try index(connection, migrations, Index.target, ["t"], without: "e")
        try index(connection, documents, Index.expiry, ["x"], isSparse: true)
        for collection in [projects, retirements, audit, changes] { try create(connection, collection) }
        try raiseFormat(connection)
    }

    /// The number of the format is written into a new catalog, with all counters. One of an older format is brought up
    /// to date by making what it lacks.
    private static func checkFormat(_ connection: MongoConnection) throws(MongoFailure) {
        let initial = [
            ("format", "version", version), ("pools", "version", 0), ("changes", "last", 0), ("migrations", "last", 0),
        ]
        try connection.update(state, initial) { statement, document in
            statement.document("q") { $0.string("_id", document.0) }
            statement.document("u") { $0.document("$setOnInsert") { $0.int64(document.1, document.2) } }
            statement.bool("upsert", true)
        }
        let queries = CatalogQueries(connection, readConcern: "majority")
        let found = try queries.state("format")?.integer("version") ?? 0
        guard (1...version).contains(found) else {
            throw MongoFailure(.refused, "its data have format \(found), this is for \(version)")
        }
    }

    /// From here on nodes that know only older formats are kept out.
    private static func raiseFormat(_ connection: MongoConnection) throws(MongoFailure) {
        try connection.update(state, ["format"]) { statement, name in
            statement.document("q") { $0.string("_id", name) }
            statement.document("u") { $0.document("$max") { $0.int64("version", version) } }
        }
    }

    /// - Parameter flag: What documents must not be to have a place in the index.
    private static func index(
        _ connection: MongoConnection, _ collection: String, _ name: String, _ fields: [String],
        isUnique: Bool = false, isSparse: Bool = false, without flag: String? = nil
    ) throws(MongoFailure) {
        try connection.write { command in
            command.string("createIndexes", collection)
            command.array("indexes", [name]) { indexes, position, name in
                indexes.document(position) { index in
                    index.string("name", name)
                    index.document("key") { key in fields.forEach { key.int32($0, 1) } }
                    index.bool("unique", isUnique)
                    index.bool("sparse", isSparse)
                    if let flag { index.document("partialFilterExpression") { $0.bool(flag, false) } }
                }
            }
        }
    }

    /// Transactions may have to wait for those that make collections: so none does.
    private static func create(_ connection: MongoConnection, _ collection: String) throws(MongoFailure) {
        do throws(MongoFailure) {
            try connection.write { $0.string("create", collection) }
        } catch {
            let isThere: Int32 = 48
            guard error.code == isThere else { throw error }
        }
    }
}
