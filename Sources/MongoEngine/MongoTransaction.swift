internal import CMongoc
internal import StoreThreads

/// The transactions of one connection, one after the other, in a session of the server.
final class MongoTransaction {
    private let connection: MongoConnection
    private(set) var session: OpaquePointer
    /// A session whose transaction may still be open on the server, where it would keep others from its documents
    /// for a minute.
    private var orphaned: OpaquePointer?

    init(on connection: MongoConnection) throws(MongoFailure) {
        self.connection = connection
        session = try Self.start(on: connection)
    }

    private static func start(on connection: MongoConnection) throws(MongoFailure) -> OpaquePointer {
        var failure = weir_mongo_failure()
        let concern = mongoc_uri_get_write_concern(connection.address.uri)
        guard let session = weir_mongo_session(connection.client, concern, &failure) else {
            throw MongoFailure(failure)
        }
        return session
    }

    func begin() throws(MongoFailure) {
        try replaceOrphan()
        var failure = weir_mongo_failure()
        guard weir_mongo_begin(session, &failure) else { throw MongoFailure(failure) }
    }

    func commit(until deadline: Instant) throws(MongoFailure) {
        var backoff = Backoff(microseconds: 2000, longest: 50_000)
        while true {
            var failure = weir_mongo_failure()
            if weir_mongo_commit(session, &failure) { return }
            let known = MongoFailure(failure)
            // Not unknown means that the server knows of no such commit, and never will.
            if !failure.is_commit_unknown && known.kind == .conflict { throw known }
            guard failure.is_commit_unknown, Instant.now < deadline else {
                throw MongoFailure(.unknown, code: known.code, known.reason)
            }
            backoff.wait()
        }
    }

    /// Undoes the open transaction. Errors do not matter: the server undoes what it loses sight of.
    func abort() {
        mongoc_client_session_abort_transaction(session, nil)
    }

    /// Leaves the session to be ended when the server answers again.
    func orphan() {
        orphaned = session
    }

    /// Ends the orphan on the server. A primary that has come up since knows nothing of it, which is as good.
    private func replaceOrphan() throws(MongoFailure) {
        guard let orphan = orphaned else { return }
        let fresh = try Self.start(on: connection)
        do throws(MongoFailure) {
            try connection.kill([Self.identity(of: orphan)])
        } catch {
            mongoc_client_session_destroy(fresh)
            throw error
        }
        mongoc_client_session_destroy(orphan)
        orphaned = nil
        session = fresh
    }

    private static func identity(of session: OpaquePointer) -> [UInt8] {
        guard let lsid = mongoc_client_session_get_lsid(session) else { return [] }
        return Array(UnsafeBufferPointer(start: bson_get_data(lsid), count: weir_mongo_length(lsid)))
    }

    func end() {
        mongoc_client_session_destroy(session)
        orphaned = nil
    }
}
