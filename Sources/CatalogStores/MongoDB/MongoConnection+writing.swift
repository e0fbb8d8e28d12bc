internal import MongoEngine

/// The commands that change documents. One of them holds what one batch writes.
extension MongoConnection {
    func insert<Items: Collection>(
        _ collection: String, _ items: Items, _ write: (inout BSONWriter, Items.Element) -> Void
    ) throws(MongoFailure) {
        guard !items.isEmpty else { return }
        try self.write { command in
            command.string("insert", collection)
            command.array("documents", items) { documents, name, item in
                documents.document(name) { write(&$0, item) }
            }
        }
    }

    /// One statement an item. Returns how many documents they found or made.
    @discardableResult
    func update<Items: Collection>(
        _ collection: String, _ items: Items, _ write: (inout BSONWriter, Items.Element) -> Void
    ) throws(MongoFailure) -> Int {
        guard !items.isEmpty else { return 0 }
        let reply = try self.write { command in
            command.string("update", collection)
            command.array("updates", items) { statements, name, item in
                statements.document(name) { write(&$0, item) }
            }
        }
        return Int(reply.integer("n") ?? 0)
    }

    /// Deletes all that the filter finds.
    func delete(_ collection: String, where filter: (inout BSONWriter) -> Void) throws(MongoFailure) {
        try write { command in
            command.string("delete", collection)
            command.array("deletes", CollectionOfOne(())) { statements, name, _ in
                statements.document(name) { statement in
                    statement.document("q", filter)
                    statement.int32("limit", 0)
                }
            }
        }
    }

    /// Adds to a number of a document of the catalog's state, and returns the document as it is now.
    func add(_ count: Int, to field: String, of name: String) throws(MongoFailure) -> BSONDocument {
        let reply = try write { command in
            command.string("findAndModify", CatalogSchema.state)
            command.document("query") { $0.string("_id", name) }
            command.document("update") { $0.document("$inc") { $0.int64(field, Int64(count)) } }
            command.bool("new", true)
        }
        guard let state = reply.document("value") else { throw unreadable(CatalogSchema.state) }
        return state
    }
}
