import RedisEngine
import Synchronization
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Redis fails") struct FailureTests {
    @Test("a server that forgets its scripts is given them again")
    func forgottenScripts() async throws {
        try await withQueue { queue, server in
            try await queue.post("first")
            for _ in 1...5 {
                try server.command("SCRIPT", "FLUSH")
                _ = try await gather(20) { _ in try await queue.post("a", "b") }
            }
            #expect(try await queue.list().map(\.sequence.value) == Array(1...201))
        }
    }

    @Test("a pool whose server is full can be opened, read and emptied")
    func fullAtStart() async throws {
        try await withQueue { queue, server in
            try await queue.post(count: 3)
            try server.configSet("maxmemory", "1")
            let pool = try await openPool(server.uri)
            let again = QueueUnderTest(pool: pool, ref: queue.ref, clock: queue.clock)
            #expect(try await again.list().count == 3)
            await #expect {
                try await again.post("one more")
            } throws: { error in
                if case .refused? = error as? StorageError { true } else { false }
            }
            #expect(try await again.claim(2).delivered.count == 2)
            #expect(try await again.pop(1).count == 1)
            await pool.shutdown()
        }
    }

    @Test("what ended is given back on a full server, also where a claim has only lost messages")
    func collectionWhenFull() async throws {
        try await withQueue { queue, server in
            let ids = try await queue.post(count: 20)
            let taken = try await queue.claim(20, ttl: 60)
            for id in ids[..<18] { #expect(try await queue.delete(id, holding: taken.id) == .deleted) }
            queue.clock.advance(seconds: 61)
            try server.configSet("maxmemory", "1")
            _ = try await queue.pool.collect(10, now: queue.now)
            _ = try await queue.pool.collect(100, now: queue.now)
            #expect(try await queue.list().ids == Array(ids[18...]))
        }
    }

    @Test("a user who may not use transactions is refused: what is stored could not be told")
    func noTransactions() async throws {
        try await withServer { server in
            try server.command("ACL", "SETUSER", "default", "-multi")
            await #expect {
                _ = try await openPool(server.uri)
            } throws: { error in
                (error as? PoolRefusal)?.reason.contains("NOPERM") == true
            }
        }
    }

    @Test("a connection that was made again and lost before it was needed is made once more")
    func lostUnused() async throws {
        try await withQueue(options: #"{"connections": 1}"#) { queue, server in
            try await queue.post("first")
            server.kill()
            await #expect(throws: StorageError.self) { try await queue.pool.ping() }
            try await server.restart()
            // Beside the one that asks: it is made again, though nobody needs it.
            try await until { try server.command("INFO", "clients").contains("connected_clients:2") }
            try await Task.sleep(for: .milliseconds(300))
            server.kill()
            try await server.restart()
            // It may have to wait for the next, but must not go out on that one, and be lost with it.
            try await until {
                do {
                    try await queue.post("second")
                    return true
                } catch StorageError.unavailable {
                    return false
                }
            }
            #expect(try await queue.list().texts == ["first", "second"])
        }
    }

    @Test("a server that is killed under load has everything that it acknowledged", arguments: [1, 3])
    func killed(connections: Int) async throws {
        try await withQueue(options: #"{"connections": \#(connections)}"#) { queue, server in
            let queues = [queue, try await queue.sibling(), try await queue.sibling()]
            let log = Log()
            let producers = Task {
                try await gather(12) { worker in
                    try await produce("\(worker)", on: queues[worker % 3], log)
                }
            }
            for _ in 1...3 {
                let before = log.acknowledged
                try await until { log.acknowledged > before + 300 }
                server.kill()
                try await until { log.failures > 0 }
                try await server.restart()
                try await until { log.acknowledged > before + 600 }
            }
            log.end()
            let acknowledged = try await producers.value
            for (place, queue) in queues.enumerated() {
                let stored = try await whole(queue)
                let ids = stored.ids
                #expect(Set(ids).count == ids.count)
                #expect(Set(stored.texts).count == stored.count, "none is stored twice")
                for worker in stride(from: place, to: 12, by: 3) {
                    let mine = Set(acknowledged.first { $0.worker == "\(worker)" }?.ids ?? [])
                    #expect(!mine.isEmpty)
                    #expect(mine.isSubset(of: ids), "an acknowledged message is lost")
                    let numbers = stored.texts.filter { $0.hasPrefix("\(worker).") }
                        .compactMap { Int($0.drop { $0 != "." }.dropFirst()) }
                    #expect(numbers == numbers.sorted(), "the order of one producer")
                }
            }
        }
    }

    /// A queue keeps to one connection, which may be made again later than others.
    private func whole(_ queue: QueueUnderTest) async throws -> [Message] {
        try await until { (try? await queue.list(limit: 1)) != nil }
        return try await queue.everything()
    }

    private final class Log: Sendable {
        private let state = Mutex((acknowledged: 0, failures: 0, isOver: false))

        var acknowledged: Int { state.withLock { $0.acknowledged } }
        var failures: Int { state.withLock { $0.failures } }
        var isOver: Bool { state.withLock { $0.isOver } }
        func succeed() { state.withLock { $0.acknowledged += 1 } }
        func fail() { state.withLock { $0.failures += 1 } }
        func end() { state.withLock { $0.isOver = true } }
    }

    private struct Produced: Sendable {
        let worker: String
        var ids: [MessageID] = []
    }

    private func produce(_ worker: String, on queue: QueueUnderTest, _ log: Log) async throws -> Produced {
        var produced = Produced(worker: worker)
        for number in 0..<1_000_000 where !log.isOver {
            do {
                produced.ids += try await queue.post("\(worker).\(number)")
                log.succeed()
            } catch let error as StorageError {
                log.fail()
                switch error {
                case .unavailable(let reason), .unknownOutcome(let reason): #expect(!reason.isEmpty)
                default: Issue.record("\(error)")
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        return produced
    }

    @Test("whoever waits for a server that has stopped is told, and all is well when it goes on")
    func stopped() async throws {
        // Longer than the machine, busy with other tests, takes for an answer.
        try await withQueue(options: #"{"timeout_ms": 5000}"#) { queue, server in
            try await queue.post("before")
            server.pause()
            for _ in 1...2 {
                // Hangs for good unless every wait is bounded.
                let errors = try await gather(40) { worker -> StorageError? in
                    do throws(StorageError) {
                        try await operate(worker, on: queue)
                        return nil
                    } catch {
                        return error
                    }
                }
                for error in errors {
                    switch error {
                    case .unavailable, .unknownOutcome: break
                    default: Issue.record("\(String(describing: error))")
                    }
                }
            }
            server.resume()
            try await until { (try? await queue.list(limit: 1)) != nil }
            let listed = try await queue.list().texts
            #expect(listed.first == "before")
            #expect(Set(listed).count == listed.count)
            #expect(try await !queue.post("after").isEmpty)
        }
    }

    private func operate(_ kind: Int, on queue: QueueUnderTest) async throws(StorageError) {
        let now = queue.now
        switch kind % 4 {
        case 0:
            let text = "\(UInt64.random(in: 0...(.max)))"
            _ = try await queue.pool.post([.saying(text)], from: .producer, to: queue.ref, now: now)
        case 1: _ = try await queue.pool.list(MessageFilter(after: .start, limit: 1), in: queue.ref, now: now)
        case 2: try await queue.pool.ping()
        default: _ = try await queue.pool.lastSequence(of: queue.ref)
        }
    }

    @Test("a change that was on its way has an unknown outcome, what was only read or waiting has not")
    func unknownOutcomes() async throws {
        try await withQueue(options: #"{"timeout_ms": 1000}"#) { queue, server in
            server.pause()
            defer { server.resume() }
            await #expect {
                try await queue.post("on its way")
            } throws: { error in
                if case StorageError.unknownOutcome = error { true } else { false }
            }
            for _ in 1...3 {
                await #expect {
                    try await queue.post("waiting")
                } throws: { error in
                    if case StorageError.unavailable = error { true } else { false }
                }
            }
        }
    }

    @Test("what a stopped server was asked to read has no unknown outcome")
    func reads() async throws {
        try await withQueue(options: #"{"timeout_ms": 1000}"#) { queue, server in
            server.pause()
            defer { server.resume() }
            for _ in 1...3 {
                await #expect {
                    _ = try await queue.pool.lastSequence(of: queue.ref)
                } throws: { error in
                    if case StorageError.unavailable = error { true } else { false }
                }
            }
        }
    }

    @Test("only so many commands wait for a server that has stopped")
    func bounded() async throws {
        try await withServer { server in
            let settings = RedisConnectionSettings(timeoutMilliseconds: 2000, capacity: 4)
            let connection = try await RedisConnection.open(
                try RedisEndpoint(uri: server.uri), scripts: [], settings)
            server.pause()
            let busy = try await gather(100) { _ in
                do throws(StorageError) {
                    _ = try await connection.ask(changesStore: false) { buffer in
                        buffer.begin(1)
                        buffer.add("PING")
                    }
                    return false
                } catch {
                    return error == .busy
                }
            }
            #expect(busy.contains(true) && busy.contains(false))
            server.resume()
            await connection.shutdown()
        }
    }

    @Test("a pool that is full takes nothing more, and can be emptied")
    func fullMemory() async throws {
        try await withQueue { queue, server in
            let ids = try await queue.post(count: 40, ttl: 7200)
            let other = try await queue.sibling()
            try await other.post("x")
            // Brings the block of these messages up for a look, which rewrites its time.
            try await queue.post("brief", ttl: 1)
            let early = try await queue.claim(2)
            queue.clock.advance(seconds: 2)
            try server.configSet("maxmemory", "100kb")
            await #expect {
                try await queue.post("more")
            } throws: { error in
                if case StorageError.refused(let reason) = error { reason.contains("OOM") } else { false }
            }
            #expect(try await queue.stats().total == 40)
            #expect(try await queue.delete(ids[39]) == .deleted)
            #expect(try await queue.renew(early.id))
            try await queue.release(early.id)
            let taken = try await queue.claim(5)
            #expect(taken.delivered.texts == ["1", "2", "3", "4", "5"])
            #expect(try await queue.delete(ids[0], holding: taken.id) == .deleted)
            #expect(try await queue.pop(2).texts == ["6", "7"])
            queue.clock.advance(seconds: 3600)
            try await queue.collectAll()
            try await queue.pool.retire(other.ref, now: other.now)
            #expect(try await queue.purge() == 36)
            try server.configSet("maxmemory", "0")
            try await queue.post("again")
        }
    }
}
