internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

extension CatalogQueries {
    func document(_ key: Document.Key, now: Timestamp) throws(MongoFailure) -> Document? {
        let found = try find(CatalogSchema.documents, limit: 1) { filter in
            filter.document("_id", key.stored)
            Self.live(&filter, now)
        }
        return try found.first.map { (document) throws(MongoFailure) in try Document(stored: document) }
    }

    func documents(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, after name: String, limit: Int, now: Timestamp
    ) throws(MongoFailure) -> [Document] {
        let start = Document.Key(kind: kind, project: project, owner: owner, name: name)
        let found = try list(
            CatalogSchema.documents, after: .document(start.stored), before: .document(start.endOfOwner), limit: limit,
            hint: "_id_"
        ) { Self.live(&$0, now) }
        return try found.map { (document) throws(MongoFailure) in try Document(stored: document) }
    }

    /// The index of keys alone has the answer.
    func documentCount(
        _ kind: Document.Kind, of project: ProjectID, in owner: String, limit: Int
    ) throws(MongoFailure) -> Int {
        guard limit > 0 else { return 0 }
        let key = Document.Key(kind: kind, project: project, owner: owner, name: "")
        let reply = try connection.run { command in
            command.string("count", CatalogSchema.documents)
            command.document("query") { filter in
                filter.document("_id") { bounds in
                    bounds.document("$gte", key.stored)
                    bounds.document("$lt", key.endOfOwner)
                }
            }
            command.int64("limit", Int64(limit))
            command.string("hint", "_id_")
            if let readConcern { command.document("readConcern") { $0.string("level", readConcern) } }
        }
        return Int(reply.integer("n") ?? 0)
    }

    /// The keys of some whose time is over.
    func expiredDocuments(_ limit: Int, now: Timestamp) throws(MongoFailure) -> [[UInt8]] {
        let found = try find(
            CatalogSchema.documents, limit: limit, hint: CatalogSchema.Index.expiry, keysOnly: true
        ) { filter in
            filter.document("x") { $0.int64("$lte", now.milliseconds) }
        }
        return found.compactMap { $0.document("_id").map { Array($0.bytes) } }
    }

    /// Of those that have no end too.
    private static func live(_ filter: inout BSONWriter, _ now: Timestamp) {
        filter.document("x") { $0.document("$not") { $0.int64("$lte", now.milliseconds) } }
    }
}

extension Document.Key {
    var stored: [UInt8] {
        BSONWriter.document { key in
            writeOwner(to: &key)
            key.string("n", name)
        }
    }

    /// After all keys of the owner: documents come after texts.
    var endOfOwner: [UInt8] {
        BSONWriter.document { key in
            writeOwner(to: &key)
            key.document("n") { _ in }
        }
    }

    private func writeOwner(to key: inout BSONWriter) {
        key.string("k", kind.rawValue)
        key.string("p", project.value)
        key.string("o", owner)
    }

    /// Reads back what `stored` made.
    fileprivate init?(stored key: BSONDocument?) {
        guard let kind = key?.string("k").flatMap(Document.Kind.init),
            let project = key?.string("p").flatMap({ ProjectID(stored: $0) }), let owner = key?.string("o"),
            let name = key?.string("n")
        else { return nil }
        self.init(kind: kind, project: project, owner: owner, name: name)
    }
}

extension Document {
    func write(to document: inout BSONWriter, version: Int64) {
        document.document("_id", key.stored)
        document.binary("c", content)
        if let expires { document.int64("x", expires.milliseconds) }
        document.int64("v", version)
    }

    init(stored document: BSONDocument) throws(MongoFailure) {
        guard let key = Key(stored: document.document("_id")), let content = document.binary("c"),
            let version = document.integer("v")
        else { throw unreadable(CatalogSchema.documents) }
        let expires = document.integer("x").map { Timestamp(milliseconds: $0) }
        self.init(key: key, content: Array(content), expires: expires, version: version)
    }
}
