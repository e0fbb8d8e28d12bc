internal import StoreThreads
package import WeirStorage

/// How a connection behaves.
package struct RedisConnectionSettings: Sendable {
    /// How long it waits for a connection, for an answer, and for its turn.
    package var timeoutMilliseconds: Int
    /// Commands that may wait; more are refused as `busy`.
    package var capacity: Int

    package init(timeoutMilliseconds: Int, capacity: Int) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.capacity = capacity
    }
}

/// A connection to Redis on a thread of its own. Commands that arrive while others are on their way go out together,
/// in the order in which they came.
///
/// A lost connection is made again by itself. Until then commands are refused as `unavailable` within
/// a quarter of a second; those that were on their way are `unknownOutcome` if they may have changed the store.
package final class RedisConnection: Sendable {
    private struct Waiting: Sendable {
        let exchange: any RedisExchange
        let since: Instant
    }

    private let inbox: Inbox<Waiting>
    private let ended = Latch()

    private init(capacity: Int) {
        inbox = Inbox(capacity: capacity)
    }

    /// Connects and loads the scripts.
    /// - Throws: `unavailable` if that fails at the first attempt.
    package static func open(
        _ endpoint: RedisEndpoint, scripts: [RedisScript], _ settings: RedisConnectionSettings
    ) async throws(StorageError) -> RedisConnection {
        let connection = RedisConnection(capacity: settings.capacity)
        let dialer = RedisDialer(
            endpoint: endpoint, scripts: scripts, timeoutMilliseconds: settings.timeoutMilliseconds)
        connection.ended.add(1)
        let opened: Result<Void, StorageError> = await withUnsafeContinuation { continuation in
            Thread.start { [inbox = connection.inbox, ended = connection.ended] in
                defer { ended.leave() }
                do throws(RedisFailure) {
                    let worker = RedisWorker(dialer, try dialer.dial())
                    continuation.resume(returning: .success(()))
                    serve(inbox, worker, timeoutMilliseconds: settings.timeoutMilliseconds)
                } catch {
                    continuation.resume(returning: .failure(.unavailable(error.reason)))
                }
            }
        }
        try opened.get()
        return connection
    }

    private static func serve(_ inbox: Inbox<Waiting>, _ worker: RedisWorker, timeoutMilliseconds: Int) {
        while true {
            let waiting = inbox.take(RedisWorker.commandsPerTurn)
            if waiting.isEmpty { break }
            let oldest = Instant.now.adding(milliseconds: -timeoutMilliseconds)
            for late in waiting where late.since < oldest {
                late.exchange.fail(.unavailable("no answer in time: \(timeoutMilliseconds) ms"))
            }
            worker.run(waiting.filter { $0.since >= oldest }.map(\.exchange))
        }
        worker.close()
    }

    /// Puts the command in line. It will be answered or failed, at once if the line is full or closed.
    package func submit(_ exchange: any RedisExchange) {
        switch inbox.put(Waiting(exchange: exchange, since: .now)) {
        case nil: break
        case .full: exchange.fail(.busy)
        case .closed: exchange.fail(.unavailable("the store is shut down"))
        }
    }

    /// Sends the command that `write` appends, and returns its answer.
    package func ask(
        changesStore: Bool, _ write: @escaping @Sendable (inout CommandBuffer) -> Void
    ) async throws(StorageError) -> RedisReply {
        let result: Result<RedisReply, StorageError> = await withUnsafeContinuation { continuation in
            submit(PendingCommand(changesStore: changesStore, write, continuation))
        }
        return try result.get()
    }

    /// Sends the command of these words, and returns its answer.
    package func ask(changesStore: Bool, _ words: String...) async throws(StorageError) -> RedisReply {
        try await ask(changesStore: changesStore) { buffer in
            buffer.begin(words.count)
            for word in words { buffer.add(word) }
        }
    }

    /// Finishes what was accepted, then hangs up.
    package func shutdown() async {
        inbox.close()
        await ended.wait()
    }
}
