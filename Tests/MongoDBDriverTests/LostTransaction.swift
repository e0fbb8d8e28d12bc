import Glibc
import MongoEngine
import Synchronization
import TestSupport
import WeirStorage

/// A transaction that holds a queue's header, and says no more until it is told to end.
final class LostTransaction: Sendable {
    private final class Holder: MongoSession {
        let connection: MongoConnection
        init(_ connection: MongoConnection) { self.connection = connection }
        func begin(_ keys: Set<Int64>) throws(MongoFailure) {}
        func flush() throws(MongoFailure) {}
        func committed() {}
        func undone(_ keys: Set<Int64>) {}
    }

    private let clients: MongoClients
    private let threads: MongoThreads<Holder>
    private let life: Int64
    private let isOver = Flag()
    private let work = Mutex<Task<Void, Never>?>(nil)

    init(_ clients: MongoClients, _ life: Int64) {
        self.clients = clients
        self.life = life
        threads = MongoThreads.start(.transactions, on: clients, capacity: 1, batch: 1, patience: 10_000) { Holder($0) }
    }

    func begin() async throws {
        let (begun, continuation) = AsyncThrowingStream<Void, any Error>.makeStream()
        let task = Task { [threads, life, isOver] in
            defer { continuation.finish(throwing: MongoServer.Failure(description: "the transaction did not begin")) }
            _ = try? await threads.perform(life) { holder in
                try holder.connection.write { command in
                    command.string("update", "queues")
                    command.array("updates", [life]) { statements, name, life in
                        statements.document(name) { statement in
                            statement.document("q") { $0.int64("_id", life) }
                            statement.document("u") { $0.document("$inc") { $0.int64("s.0.v", 1) } }
                        }
                    }
                }
                continuation.finish()
                while !isOver.isSet { usleep(10_000) }
                // Nothing is to be stored of it, even if the server still knew it.
                throw MongoFailure(.refused, "given up")
            } as Void?
        }
        work.withLock { $0 = task }
        for try await _ in begun {}
    }

    func end() async {
        isOver.set()
        await work.withLock { $0 }?.value
        await threads.shutdown()
        await clients.shutdown()
    }
}
