internal import StoreThreads
package import WeirStorage

/// Threads that run work on a deployment, so that no event loop and no thread of Swift's ever waits for a server.
/// Work that arrives while a batch is on its way shares the next one: a batch is what came meanwhile.
package final class MongoThreads<Session: MongoSession>: Sendable {
    private let inbox: Inbox<any Job<Session>>
    private let ended = Latch()
    private let patience: Int

    private init(capacity: Int, patience: Int) {
        inbox = Inbox(capacity: capacity)
        self.patience = patience
    }

    /// Starts `count` threads with a connection each, which take at most `batch` pieces of work together, while at
    /// most `capacity` wait. Work waits no longer than `patience` milliseconds for its turn.
    package static func start(
        _ access: MongoAccess, threads count: Int = 1, on clients: MongoClients, capacity: Int, batch: Int,
        patience: Int, session: @escaping @Sendable (MongoConnection) -> Session
    ) -> MongoThreads {
        let threads = MongoThreads(capacity: capacity, patience: patience)
        var gathers = false
        // Of several threads each would wait for the callers of the others.
        if case .transactions = access { gathers = count == 1 }
        threads.ended.add(count)
        for _ in 0..<count {
            Thread.start { [gathers, inbox = threads.inbox, ended = threads.ended] in
                defer { ended.leave() }
                guard let connection = clients.connection() else { return }
                BatchRunner(session(connection), access, inbox, patience: patience, gathers: gathers).serve(batch)
                clients.release(connection)
            }
        }
        return threads
    }

    /// Runs `work` in a batch that it may share with other work, and then what it returns, when all work of the
    /// batch is done. Returns once the batch is stored. Work that throws `StorageError` must not have changed
    /// anything before.
    package func perform<Value: Sendable>(
        _ key: Int64, weight: Int = 0, _ work: @escaping @Sendable (Session) throws -> Conclusion<Session, Value>
    ) async throws(StorageError) -> Value {
        let result: Result<Value, StorageError> = await withUnsafeContinuation { continuation in
            let job = PendingJob(key, weight: weight, work, continuation)
            switch inbox.put(job) {
            case nil: break
            case .full: continuation.resume(returning: .failure(.busy))
            case .closed: continuation.resume(returning: .failure(.unavailable("the store is shut down")))
            }
        }
        return try result.get()
    }

    /// Finishes what was accepted and gives the connections back.
    package func shutdown() async {
        inbox.close()
        await ended.wait()
    }
}
