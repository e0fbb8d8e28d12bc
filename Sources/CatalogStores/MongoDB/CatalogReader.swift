internal import MongoEngine
internal import WeirDomain
internal import WeirStorage

/// The work of a thread that reads. The records that many callers look for at the same time are read together.
///
/// All reads ask the primary for what a majority has: that is all that was ever acknowledged, by whichever node. Only
/// a primary that has been deposed and does not know it yet may be behind, for as long as it hears from nobody; a
/// route from there is an old route, which the pool refuses, and no write can be based on it, because the transaction
/// cannot commit there. Linearizable reads would mend that at the price of a write for each.
final class CatalogReader: MongoSession {
    let connection: MongoConnection
    let queries: CatalogQueries
    private var wanted: Set<QueueKey> = []
    private var records: [QueueKey: QueueRecord] = [:]

    init(_ connection: MongoConnection) {
        self.connection = connection
        queries = CatalogQueries(connection, readConcern: "majority")
    }

    // MARK: Batches

    func begin(_ keys: Set<Int64>) {
        wanted = []
        records = [:]
    }

    func flush() throws(MongoFailure) {
        records = try queries.queues(wanted)
    }

    // MARK: Queues

    /// The record, once the batch is read.
    func queue(_ key: QueueKey) -> Conclusion<CatalogReader, QueueRecord?> {
        wanted.insert(key)
        return { $0.records[key] }
    }

    func queues(of project: ProjectID, after name: String, limit: Int) throws(MongoFailure) -> [QueueRecord] {
        let found = try queries.list(
            CatalogSchema.queues, after: .document(ProjectKeys.key(project.value, name)),
            before: .document(ProjectKeys.end(project.value)), limit: limit)
        return try found.map { (document) throws(MongoFailure) in try QueueRecord(stored: document) }
    }

    /// Of each project, the first of its counters on the page.
    func projects(after name: String, limit: Int) throws(MongoFailure) -> [ProjectID] {
        let counters = try queries.list(
            CatalogSchema.projects, after: .document(CounterKeys.end(name)), limit: limit)
        var found: [ProjectID] = []
        for counter in counters {
            let project = counter.document("_id")?.string("p").flatMap { ProjectID(stored: $0) }
            if let project, project != found.last { found.append(project) }
        }
        return found
    }

    func queueCount(of project: ProjectID) throws(MongoFailure) -> Int {
        let counters = try queries.list(
            CatalogSchema.projects, after: .document(CounterKeys.start(project.value)),
            before: .document(CounterKeys.end(project.value)), limit: Int(CounterKeys.places), concern: "snapshot")
        return counters.reduce(0) { $0 + Int($1.integer("n") ?? 0) }
    }

    func retirements(after life: QueueLife, limit: Int) throws(MongoFailure) -> [Retirement] {
        let found = try queries.list(CatalogSchema.retirements, after: .number(life.value), limit: limit)
        return try found.map { (document) throws(MongoFailure) in try Retirement(stored: document) }
    }

    // MARK: Flavors

    func flavor(_ name: String, of project: ProjectID) throws(MongoFailure) -> Flavor? {
        let found = try queries.documents(CatalogSchema.flavors, [ProjectKeys.key(project.value, name)])
        guard let document = found.first else { return nil }
        return try Flavor(stored: document, project: project)
    }

    func flavors(of project: ProjectID, after name: String, limit: Int) throws(MongoFailure) -> [Flavor] {
        let found = try queries.list(
            CatalogSchema.flavors, after: .document(ProjectKeys.key(project.value, name)),
            before: .document(ProjectKeys.end(project.value)), limit: limit)
        return try found.map { (document) throws(MongoFailure) in try Flavor(stored: document, project: project) }
    }

    /// However many flavors have the name, the index has each set of capabilities once.
    func requirements(ofFlavor name: String) throws(MongoFailure) -> CapabilitySet {
        let reply = try connection.run { command in
            command.string("distinct", CatalogSchema.flavors)
            command.string("key", "r")
            command.document("query") { $0.string("_id.n", name) }
            command.document("readConcern") { $0.string("level", "majority") }
        }
        return CapabilitySet(
            reply.array("values").flatMap { value -> [Capability] in
                guard case .string(let names) = value else { return [] }
                return CapabilitySet(stored: names).members
            })
    }

    // MARK: Logs

    func audit(after number: Int64, limit: Int) throws(MongoFailure) -> [AuditEntry] {
        let found = try queries.list(CatalogSchema.audit, after: .number(number), limit: limit)
        return try found.map { (document) throws(MongoFailure) in try AuditEntry(stored: document) }
    }

    func changes(after number: Int64?, limit: Int) throws(MongoFailure) -> RecordChanges {
        let last = try lastChange()
        guard let number else { return RecordChanges(keys: [], last: last, hasGap: false) }
        let found = try queries.list(CatalogSchema.changes, after: .number(number), limit: limit)
        // Some may have been forgotten while these were read. A number that was never given is of a log whose end
        // was lost, with a server that was restored.
        let isForgotten = number < ChangeLog.forgotten(last: try lastChange())
        guard !isForgotten, number <= last else { return RecordChanges(keys: [], last: last, hasGap: true) }
        // All numbers up to the first look at the counter were visible to the search.
        let end = found.count < limit ? last : number
        let reached = max(end, found.last?.integer("_id") ?? number)
        return RecordChanges(keys: found.compactMap { QueueKey(stored: $0) }, last: reached, hasGap: false)
    }

    private func lastChange() throws(MongoFailure) -> Int64 {
        guard let last = try queries.state("changes")?.integer("last") else { throw unreadable(CatalogSchema.state) }
        return last
    }
}
