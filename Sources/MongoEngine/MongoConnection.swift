internal import CMongoc
package import StoreThreads

/// A connection, used by one thread.
package final class MongoConnection {
    let client: OpaquePointer
    /// Where it leads.
    package let address: MongoAddress
    private var transaction: MongoTransaction?
    private var isInTransaction = false
    /// Whether a command was sent that changes something at once.
    var hasWritten = false

    init(_ client: OpaquePointer, _ address: MongoAddress) {
        self.client = client
        self.address = address
    }

    /// Runs the command on the primary, in the transaction if one is open.
    /// - Parameter database: That of the uri, if nil.
    @discardableResult
    package func run(_ command: [UInt8], on database: String? = nil) throws(MongoFailure) -> BSONDocument {
        let session = isInTransaction ? transaction?.session : nil
        let reply = try send(command, to: database ?? address.database, in: session)
        if let error = reply.documents("writeErrors").first { throw MongoFailure(writeError: error) }
        if let error = reply.document("writeConcernError") { throw MongoFailure(writeConcernError: error) }
        return reply
    }

    /// Runs a command that changes something: outside a transaction with the write concern of the uri.
    @discardableResult
    package func write(_ fill: (inout BSONWriter) -> Void) throws(MongoFailure) -> BSONDocument {
        if isInTransaction { return try run(BSONWriter.document(fill)) }
        hasWritten = true
        return try run { command in
            fill(&command)
            command.document("writeConcern", address.writeConcern)
        }
    }

    /// Runs the command that `fill` writes.
    @discardableResult
    package func run(
        on database: String? = nil, _ fill: (inout BSONWriter) -> Void
    ) throws(MongoFailure) -> BSONDocument {
        try run(BSONWriter.document(fill), on: database)
    }

    func send(
        _ command: [UInt8], to database: String, in session: OpaquePointer?
    ) throws(MongoFailure) -> BSONDocument {
        var failure = weir_mongo_failure()
        var count: UInt32 = 0
        let reply = weir_mongo_command(client, database, command, command.count, session, &count, &failure)
        guard let reply else { throw MongoFailure(failure) }
        defer { bson_free(reply) }
        guard let document = BSONDocument(Array(UnsafeBufferPointer(start: reply, count: Int(count)))) else {
            throw MongoFailure(.refused, "the reply is no BSON document")
        }
        return document
    }

    // MARK: Transactions

    /// Begins a transaction: what follows reads one snapshot and takes effect at the commit, or not at all.
    package func begin() throws(MongoFailure) {
        if transaction == nil { transaction = try MongoTransaction(on: self) }
        try transaction?.begin()
        isInTransaction = true
    }

    /// Commits, and asks again until `deadline` while it is not known whether that worked.
    package func commit(until deadline: Instant) throws(MongoFailure) {
        try transaction?.commit(until: deadline)
        isInTransaction = false
    }

    /// Gives up the open transaction after this failure, without waiting for a server that does not answer.
    package func abandon(after failure: MongoFailure) {
        guard isInTransaction, let transaction else { return }
        isInTransaction = false
        if failure.kind == .unreachable || failure.kind == .unknown {
            transaction.orphan()
        } else {
            transaction.abort()
        }
    }

    func close() {
        transaction?.end()
        transaction = nil
    }
}
