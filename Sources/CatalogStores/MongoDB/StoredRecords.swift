internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// What `Type.init(stored:)` says of a document that it cannot have written.
func unreadable(_ collection: String) -> MongoFailure {
    MongoFailure(.refused, "a document of \(collection) cannot be read")
}

extension QueueRecord {
    func write(to document: inout BSONWriter) {
        document.document("_id", key.stored)
        document.int64("l", life.value)
        document.int64("e", epoch.value)
        document.string("o", pool)
        document.binary("m", metadata)
        document.int64("v", version)
    }

    init(stored document: BSONDocument) throws(MongoFailure) {
        guard let key = QueueKey(stored: document.document("_id")), let life = document.integer("l"),
            let epoch = document.integer("e"), let pool = document.string("o"),
            let metadata = document.binary("m"), let version = document.integer("v")
        else { throw unreadable(CatalogSchema.queues) }
        self.init(
            key: key, life: QueueLife(life), epoch: Epoch(epoch), pool: pool, metadata: Array(metadata),
            version: version)
    }
}

extension Retirement {
    func write(to document: inout BSONWriter) {
        document.int64("_id", ref.life.value)
        document.int64("e", ref.epoch.value)
        document.string("o", pool)
    }

    init(stored document: BSONDocument) throws(MongoFailure) {
        guard let life = document.integer("_id"), let epoch = document.integer("e"), let pool = document.string("o")
        else { throw unreadable(CatalogSchema.retirements) }
        self.init(ref: QueueRef(life: QueueLife(life), epoch: Epoch(epoch)), pool: pool)
    }
}

extension MigrationRecord {
    func write(to document: inout BSONWriter) {
        document.int64("_id", number)
        document.string("p", key.project.value)
        document.string("n", key.name.value)
        document.int64("l", life.value)
        document.string("f", from)
        document.string("t", to)
        document.string("s", state)
        document.bool("e", hasEnded)
        document.binary("d", self.document)
        document.int64("v", version)
    }

    init(stored record: BSONDocument) throws(MongoFailure) {
        guard let number = record.integer("_id"), let key = QueueKey(stored: record), let life = record.integer("l"),
            let from = record.string("f"), let to = record.string("t"), let state = record.string("s"),
            let hasEnded = record.bool("e"), let document = record.binary("d"), let version = record.integer("v")
        else { throw unreadable(CatalogSchema.migrations) }
        self.init(
            number: number, key: key, life: QueueLife(life), from: from, to: to, state: state, hasEnded: hasEnded,
            document: Array(document), version: version)
    }
}

extension Pool {
    func write(to document: inout BSONWriter, version: Int64) {
        document.string("u", uri)
        document.int64("w", Int64(weight))
        if let flavor { document.string("f", flavor) }
        document.binary("o", options)
        document.string("t", state.rawValue)
        document.int64("v", version)
    }
}

extension PoolRecord {
    /// Without the queues, which the counters say.
    init(stored document: BSONDocument) throws(MongoFailure) {
        guard let name = document.document("_id")?.string("p"), let uri = document.string("u"),
            let weight = document.integer("w"), let options = document.binary("o"),
            let state = document.string("t").flatMap(PoolState.init), let version = document.integer("v")
        else { throw unreadable(CatalogSchema.pools) }
        let pool = Pool(
            name: name, uri: uri, weight: Int(weight), flavor: document.string("f"), options: Array(options),
            state: state)
        self.init(pool: pool, queues: 0, version: version)
    }
}

extension Flavor {
    func write(to document: inout BSONWriter) {
        document.string("r", required.members.map(\.rawValue).joined(separator: ","))
        document.bool("l", listsPools)
    }

    init(stored document: BSONDocument, project: ProjectID) throws(MongoFailure) {
        guard let name = document.document("_id")?.string("n"), let required = document.string("r"),
            let listsPools = document.bool("l")
        else { throw unreadable(CatalogSchema.flavors) }
        self.init(project: project, name: name, required: CapabilitySet(stored: required), listsPools: listsPools)
    }
}

extension CapabilitySet {
    /// Reads names separated by commas.
    init(stored names: String) {
        self.init(names.split(separator: ",").compactMap { Capability(rawValue: String($0)) })
    }
}

extension AuditEntry {
    func write(to document: inout BSONWriter, number: Int64) {
        document.int64("_id", number)
        document.int64("at", at.milliseconds)
        document.string("actor", actor)
        document.string("action", action)
        document.string("subject", subject)
        document.binary("before", before)
        document.binary("after", after)
    }

    init(stored document: BSONDocument) throws(MongoFailure) {
        guard let number = document.integer("_id"), let time = document.integer("at"),
            let actor = document.string("actor"), let action = document.string("action"),
            let subject = document.string("subject"), let before = document.binary("before"),
            let after = document.binary("after")
        else { throw unreadable(CatalogSchema.audit) }
        self.init(
            number: number, at: Timestamp(milliseconds: time), actor: actor, action: action, subject: subject,
            before: Array(before), after: Array(after))
    }
}
