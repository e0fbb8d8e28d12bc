internal import StoreThreads
package import WeirStorage

/// A connection with its prepared statements: what the work on one database thread uses.
package protocol DatabaseSession: AnyObject, SendableMetatype {
    var connection: Connection { get }
    /// The transaction's work is done: write what was held back, and forget what was remembered.
    func willCommit() throws(SQLiteFailure)
    /// A transaction was undone: forget what was remembered of it.
    func rolledBack()
}

/// A thread of its own that runs work on a database, so that no event loop and no thread of Swift's ever
/// waits for a disk. Work that arrives while a transaction is on its way shares the next one.
package final class DatabaseThread<Session: DatabaseSession>: Sendable {
    package enum Access: Sendable {
        /// Transactions that change things; there is one such thread a file.
        case writing
        /// Snapshots.
        case reading
    }

    private let inbox: Inbox<any Job<Session>>
    private let ended = Latch()

    private init(capacity: Int) {
        inbox = Inbox(capacity: capacity)
    }

    /// Opens a session on each of `count` new threads, which take at most `batch` pieces of work into one
    /// transaction while at most `capacity` wait.
    package static func start(
        _ access: Access, threads count: Int = 1, capacity: Int, batch: Int,
        open: @escaping @Sendable () throws(SQLiteFailure) -> Session
    ) async throws(SQLiteFailure) -> DatabaseThread {
        let threads = DatabaseThread(capacity: capacity)
        for _ in 0..<count {
            do throws(SQLiteFailure) {
                try await threads.startOne(access, batch, open)
            } catch {
                await threads.shutdown()
                throw error
            }
        }
        return threads
    }

    private func startOne(
        _ access: Access, _ batch: Int, _ open: @escaping @Sendable () throws(SQLiteFailure) -> Session
    ) async throws(SQLiteFailure) {
        ended.add(1)
        let opened: Result<Void, SQLiteFailure> = await withUnsafeContinuation { continuation in
            Thread.start { [inbox, ended] in
                defer { ended.leave() }
                do throws(SQLiteFailure) {
                    let session = try open()
                    continuation.resume(returning: .success(()))
                    Self.serve(session, access, inbox, batch)
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        try opened.get()
    }

    /// Runs `work` in a transaction that it may share with other work, and returns once that is committed.
    /// Work that throws `StorageError` must not have changed anything before.
    package func perform<Value: Sendable>(
        _ work: @escaping @Sendable (Session) throws -> Value
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withUnsafeContinuation { continuation in
            let job = PendingJob(work, continuation)
            switch inbox.put(job) {
            case nil: break
            case .full: continuation.resume(returning: .failure(.busy))
            case .closed: continuation.resume(returning: .failure(.unavailable("the store is shut down")))
            }
        }
        return try result.get()
    }

    /// Finishes what was accepted and closes the connections.
    package func shutdown() async {
        inbox.close()
        await ended.wait()
    }

    private static func serve(
        _ session: Session, _ access: Access, _ inbox: Inbox<any Job<Session>>, _ batch: Int
    ) {
        let begin = access == .writing ? "BEGIN IMMEDIATE" : "BEGIN"
        while true {
            let jobs = inbox.take(batch)
            if jobs.isEmpty { return }
            guard let failure = run(jobs, begin, session) else {
                for job in jobs { job.finish(nil) }
                continue
            }
            // Another program has the file: whoever tries next would wait as long.
            guard !failure.isBusy else {
                for job in jobs { job.finish(failure) }
                continue
            }
            // One of them failed and undid the work of all: each gets a transaction of its own.
            for job in jobs { job.finish(run([job], begin, session)) }
        }
    }

    /// Nil once the transaction is committed; otherwise nothing of it happened.
    private static func run(_ jobs: [any Job<Session>], _ begin: String, _ session: Session) -> SQLiteFailure? {
        do throws(SQLiteFailure) {
            try session.connection.execute(begin)
            for job in jobs { try job.run(session) }
            try session.willCommit()
            try session.connection.execute("COMMIT")
            return nil
        } catch {
            if !session.connection.isIdle { try? session.connection.execute("ROLLBACK") }
            session.rolledBack()
            return error
        }
    }
}
