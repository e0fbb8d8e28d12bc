internal import MongoEngine

/// Writing what was changed. The headers come first: without transactions they are what keeps nodes apart.
extension PoolSession {
    /// Bytes of documents in one command, which may have 48 MB in all and 16 MB in one document.
    private static let bytesPerCommand = 8 << 20

    func store(_ queues: [LoadedQueue]) throws(MongoFailure) {
        guard !queues.isEmpty else { return }
        // Those with marks are in a transaction anyway.
        for queue in queues where !queue.marked.isEmpty { try storeMarks(of: queue) }
        try storeHeaders(queues)
        try compact(queues)
        let blocks = queues.flatMap(\.unstored)
        try insert(blocks.filter(\.isNew))
        try update(blocks.filter { $0.isChanged && !$0.isNew })
        try delete(Schema.blocks, queues.flatMap { queue in queue.removed.map { Keys.block(queue.life, $0) } })
        try storeClaims(queues)
        for queue in queues { queue.wasStored() }
    }

    private func storeHeaders(_ queues: [LoadedQueue]) throws(MongoFailure) {
        var new: [QueueHeader] = []
        var known: [(old: QueueHeader, new: QueueHeader)] = []
        for queue in queues {
            guard var header = queue.header else {
                if queue.storedHeader != nil { try removeHeader(of: queue.life) }
                continue
            }
            header.version += 1
            queue.header = header
            if let old = queue.storedHeader { known.append((old, header)) } else { new.append(header) }
        }
        try insert(Schema.queues, new) { $1.write(to: &$0) }
        try update(Schema.queues, known, demanding: .change) { statement, header in
            // Of what was only remembered the version must say whether it is right, and without a transaction whether
            // somebody changed it since.
            let demandsVersion = demandsVersion(of: header.old.life)
            header.new.writeUpdate(of: header.old, demandsVersion: demandsVersion, to: &statement)
        }
        verified(known.map(\.new.life))
    }

    private func removeHeader(of life: Int64) throws(MongoFailure) {
        try connection.write { command in
            command.string("delete", Schema.queues)
            command.array("deletes", [life]) { statements, name, life in
                statements.document(name) { statement in
                    statement.document("q") { $0.int64("_id", life) }
                    statement.int32("limit", 1)
                }
            }
        }
    }

    /// Numbers what was marked, in order.
    private func storeMarks(of queue: LoadedQueue) throws(MongoFailure) {
        guard var moves = queue.header?.moves else { return }
        let marks = queue.marked.sorted().map { subject in
            moves.lastMark += 1
            return Mark(subject, number: moves.lastMark, block: queue.lastOfBlock(with: subject))
        }
        moves.marks += try update(Schema.marks, marks, demanding: .document) { statement, mark in
            statement.document("q") { $0.binary("_id", Keys.mark(queue.life, after: moves.voidThrough, mark.subject)) }
            statement.document("u") { mark.write(of: queue.life, to: &$0) }
            statement.bool("upsert", true)
        }
        queue.header?.moves = moves
        queue.marked = []
    }

    private func compact(_ queues: [LoadedQueue]) throws(MongoFailure) {
        for queue in queues {
            let wasteful = queue.unstored.filter { $0.isChanged && !$0.isNew && $0.isWasteful }
            try loadBodies(of: wasteful, in: queue)
            for block in wasteful { block.compact() }
        }
    }

    private func insert(_ blocks: [Block]) throws(MongoFailure) {
        try insert(Schema.blocks, blocks, weight: \.weight) { $1.write(to: &$0) }
    }

    private func update(_ blocks: [Block]) throws(MongoFailure) {
        try update(Schema.blocks, blocks, weight: \.weight, demanding: .document) { statement, block in
            if block.isRewritten { block.writeReplacement(to: &statement) } else { block.writeUpdate(to: &statement) }
        }
    }

    private func storeClaims(_ queues: [LoadedQueue]) throws(MongoFailure) {
        var changed: [(key: [UInt8], record: ClaimRecord)] = []
        for queue in queues {
            for id in queue.changedClaims {
                guard let record = queue.claims[id] ?? nil else { continue }
                changed.append((Keys.claim(queue.life, id), record))
            }
        }
        try update(Schema.claims, changed, demanding: nil) { statement, claim in
            statement.document("q") { $0.binary("_id", claim.key) }
            statement.document("u") { claim.record.write(to: &$0) }
            statement.bool("upsert", true)
        }
        try delete(Schema.claims, queues.flatMap { queue in queue.removedClaims.map { Keys.claim(queue.life, $0) } })
    }

    // MARK: Commands

    private func insert<Item>(
        _ collection: String, _ items: [Item], weight: (Item) -> Int = { _ in 128 },
        _ write: (inout BSONWriter, Item) -> Void
    ) throws(MongoFailure) {
        for some in chunks(items, weight) {
            try connection.write { command in
                command.string("insert", collection)
                command.array("documents", some) { documents, name, item in
                    documents.document(name) { write(&$0, item) }
                }
            }
        }
    }

    /// What each statement of an update has to find, or else it is a conflict.
    private enum Demand: String {
        case document = "n"
        /// A document that it changes: one that was there already, of the version that it demands.
        case change = "nModified"
    }

    /// Says how many documents were new.
    @discardableResult
    private func update<Item>(
        _ collection: String, _ items: [Item], weight: (Item) -> Int = { _ in 128 }, demanding demand: Demand?,
        _ write: (inout BSONWriter, Item) -> Void
    ) throws(MongoFailure) -> Int {
        var inserted = 0
        for some in chunks(items, weight) {
            let reply = try connection.write { command in
                command.string("update", collection)
                command.array("updates", some) { statements, name, item in
                    statements.document(name) { write(&$0, item) }
                }
            }
            if let demand, reply.integer(demand.rawValue) != Int64(some.count) {
                throw MongoFailure(.conflict, "another node changed \(collection)")
            }
            inserted += reply.documents("upserted").count
        }
        return inserted
    }

    func delete(_ collection: String, _ keys: [[UInt8]]) throws(MongoFailure) {
        for some in chunks(keys, { _ in 32 }) {
            try connection.write { command in
                command.string("delete", collection)
                command.array("deletes", [some]) { statements, name, keys in
                    statements.document(name) { statement in
                        statement.document("q") { query in
                            query.document("_id") { $0.array("$in", keys) { $0.binary($1, $2) } }
                        }
                        statement.int32("limit", 0)
                    }
                }
            }
        }
    }

    private func chunks<Item>(_ items: [Item], _ weight: (Item) -> Int) -> [ArraySlice<Item>] {
        var chunks: [ArraySlice<Item>] = []
        var start = 0
        var bytes = 0
        for (index, item) in items.enumerated() {
            let size = weight(item)
            if index > start, bytes + size > Self.bytesPerCommand || index - start == 10_000 {
                chunks.append(items[start..<index])
                start = index
                bytes = 0
            }
            bytes += size
        }
        if start < items.count { chunks.append(items[start...]) }
        return chunks
    }
}
