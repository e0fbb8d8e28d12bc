/// What the work on one thread uses: a connection, and what is remembered of the store.
package protocol MongoSession: AnyObject, SendableMetatype {
    var connection: MongoConnection { get }
    /// A batch of work on these keys begins: read what all of it needs.
    func begin(_ keys: Set<Int64>) throws(MongoFailure)
    /// The batch's work is done: write what was held back.
    func flush() throws(MongoFailure)
    /// The batch is stored.
    func committed()
    /// The batch was undone, or nobody knows: forget what was remembered of these keys.
    func undone(_ keys: Set<Int64>)
}

/// One that remembers nothing from one piece of work to the next, or from one batch to the next, has nothing to do.
extension MongoSession {
    package func begin(_ keys: Set<Int64>) throws(MongoFailure) {}
    package func flush() throws(MongoFailure) {}
    package func committed() {}
    package func undone(_ keys: Set<Int64>) {}
}

/// How a thread runs its batches.
package enum MongoAccess: Sendable {
    /// Each batch in one transaction.
    case transactions
    /// Each batch as commands that take effect one by one: for reading, and for servers without transactions.
    case commands
}
