internal import MongoEngine

/// The collections of a pool.
///
/// Messages stand in blocks: what one batch posts to one queue, up to `Block.maximumMessages`, is one document. So
/// ten messages cost the server little more than one, and a claim of ten changes one document. Nothing bears a
/// name: everything is found by the life of its queue.
///
/// To change a stored format: raise `version`, add the step from the version before to `prepare`, and keep every
/// earlier step, so that a database of any age is brought up to date when it is opened. A field or a collection that is
/// added needs no new version if a database without it means what it meant before.
enum Schema {
    /// 1: the first. 2: what every change of a queue changes is the element of an array (`QueueHeader.Field.state`).
    static let version: Int64 = 2

    static let queues = "queues"
    static let blocks = "blocks"
    static let claims = "claims"
    static let marks = "changes"
    private static let format = "format"

    /// Names of indexes: named wherever they matter, because a server that cannot use one then says so.
    enum Index {
        static let free = "free"
        static let wake = "wake"
        static let expiry = "expiry"
        static let client = "client"
        static let kept = "kept"
        static let role = "role"
        static let held = "held"
        static let mark = "mark"
    }

    /// Makes the collections and indexes that are missing.
    static func prepare(_ connection: MongoConnection) throws(MongoFailure) {
        try checkFormat(connection)
        try giveIdentity(connection)
        try index(connection, queues, [Index.wake: ["w"], Index.role: ["r", "ra"], Index.held: ["r", "_id"]])
        try index(
            connection, blocks,
            [
                Index.expiry: ["x", "l"], Index.client: ["l", "c", "_id"],
                // Only blocks that have such a message: so no search passes over one that has not.
                Index.free: ["f", "_id"], Index.wake: ["l", "w"], Index.kept: ["k"],
            ])
        try index(connection, claims, [Index.expiry: ["x"]])
        try index(connection, marks, [Index.mark: ["l", "m"]])
    }

    // MARK: Identity

    /// What the database is known by, whatever the uri. Nil in one that was not prepared since there are identities.
    static func identity(_ connection: MongoConnection) throws(MongoFailure) -> String? {
        let reply = try connection.run { command in
            command.string("find", format)
            command.document("filter") { $0.string("_id", "identity") }
        }
        return reply.document("cursor")?.documents("firstBatch").first?.string("i")
    }

    private static func giveIdentity(_ connection: MongoConnection) throws(MongoFailure) {
        let made = String(UInt64.random(in: .min ... .max), radix: 16)
        try connection.write { command in
            command.string("update", format)
            command.array("updates", [made]) { updates, name, made in
                updates.document(name) { update in
                    update.document("q") { $0.string("_id", "identity") }
                    update.document("u") { change in change.document("$setOnInsert") { $0.string("i", made) } }
                    update.bool("upsert", true)
                }
            }
        }
    }

    // MARK: Format

    private static func checkFormat(_ connection: MongoConnection) throws(MongoFailure) {
        try setFormat(connection, by: "$setOnInsert", upsert: true)
        let reply = try connection.run { command in
            command.string("find", format)
            command.document("filter") { $0.string("_id", "pool") }
        }
        let found = reply.document("cursor")?.documents("firstBatch").first?.integer("version") ?? 0
        guard (1...version).contains(found) else {
            throw MongoFailure(.refused, "the database holds a pool of format \(found); this version knows \(version)")
        }
        if found < 2 { try putStatesIntoArrays(connection) }
        if found < version { try setFormat(connection, by: "$set", upsert: false) }
    }

    /// From format 1 to 2. Where it was done already, it changes nothing.
    private static func putStatesIntoArrays(_ connection: MongoConnection) throws(MongoFailure) {
        try connection.write { command in
            command.string("update", queues)
            command.array("updates", [QueueHeader.Field.state]) { updates, name, state in
                updates.document(name) { update in
                    update.document("q") { query in query.document(state) { $0.bool("$exists", false) } }
                    update.array("u", [Stage.add, .remove]) { stages, name, stage in
                        stages.document(name) { stage.write(to: &$0) }
                    }
                    update.bool("multi", true)
                }
            }
        }
    }

    /// What is done to a header of format 1.
    private enum Stage {
        case add, remove

        func write(to document: inout BSONWriter) {
            switch self {
            case .add:
                document.document("$set") { set in
                    set.array(QueueHeader.Field.state, ["$n"]) { array, name, numbers in
                        array.document(name) { state in
                            state.string("v", "$v")
                            state.string("n", numbers)
                        }
                    }
                }
            case .remove: document.array("$unset", ["v", "n"]) { $0.string($1, $2) }
            }
        }
    }

    private static func setFormat(
        _ connection: MongoConnection, by operation: String, upsert: Bool
    ) throws(MongoFailure) {
        try connection.write { command in
            command.string("update", format)
            command.array("updates", ["pool"]) { updates, name, id in
                updates.document(name) { update in
                    update.document("q") { $0.string("_id", id) }
                    update.document("u") { $0.document(operation) { $0.int64("version", version) } }
                    update.bool("upsert", upsert)
                }
            }
        }
    }

    private static func index(
        _ connection: MongoConnection, _ collection: String, _ indexes: [String: [String]]
    ) throws(MongoFailure) {
        try connection.write { command in
            command.string("createIndexes", collection)
            command.array("indexes", indexes.sorted { $0.key < $1.key }) { indexes, position, index in
                indexes.document(position) { document in
                    document.string("name", index.key)
                    document.document("key") { key in index.value.forEach { key.int32($0, 1) } }
                    guard let field = partial(index.key) else { return }
                    document.document("partialFilterExpression") { filter in
                        filter.document(field) { $0.bool("$exists", true) }
                    }
                }
            }
        }
    }

    /// The field without which a document is not in the index.
    private static func partial(_ index: String) -> String? {
        switch index {
        case Index.free: "f"
        case Index.wake: "w"
        case Index.kept: "k"
        default: nil
        }
    }
}
