import MongoCatalog
import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Servers that go away: one after the other, because each takes the machine for itself.
@Suite("Outages of a catalog on MongoDB", .serialized) struct MongoOutageTests {
    /// What hangs is given up, but not what a busy machine takes its time for.
    private static let bounds = "socketTimeoutMS=4000"

    @Test("a server that hangs fails everybody who waits, and is used again when it goes on", .timeLimit(.minutes(15)))
    func hang() async throws {
        let set = try await MongoSet.start(1)
        let store = try await MongoCatalogStore.open(uri: set.uri(database: "weir", options: Self.bounds))
        try await store.register(.named("a"))
        let record = try await store.create(.of(try .named("before")))
        set.members[0].pause()
        let failures = await withTaskGroup(of: StorageError?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    await failure { () async throws(StorageError) in
                        switch number % 4 {
                        case 0: _ = try await store.queue(record.key)
                        case 1: _ = try await store.replace(record)
                        case 2: _ = try await store.put(.named("a"))
                        default: try await store.ping()
                        }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for failure in failures {
            switch failure {
            case .unavailable, .unknownOutcome: break
            default: Issue.record("a call on a hanging server ended with \(String(describing: failure))")
            }
        }
        set.members[0].resume()
        let found = try await eventually { try await store.queue(record.key) }
        #expect(found?.life == record.life)
        let pool = try await eventually { try await store.put(.named("b")) }
        #expect(pool == .stored)
        await store.shutdown()
    }

    @Test(
        "a primary that steps down or dies loses and doubles nothing", .timeLimit(.minutes(15)),
        arguments: [true, false])
    func failOver(dies: Bool) async throws {
        let set = try await MongoSet.start(3)
        let store = try await MongoCatalogStore.open(uri: set.uri(database: "weir", options: Self.bounds))
        try await store.register(.named("a"))
        let attempts = Counter()
        let isOver = Counter()
        let (inserted, unknown) = try await withThrowingTaskGroup(of: [(QueueRecord, Bool)].self) { group in
            for worker in 0..<8 {
                group.addTask { try await create(as: worker, store, attempts) { isOver.value == 0 } }
            }
            while attempts.value < 200 { try await Task.sleep(for: .milliseconds(5)) }
            let primary = try await set.primary()
            if dies { primary.kill() } else { stepDown(primary) }
            _ = try await set.primary()
            _ = try await eventually { try await store.put(.named("after")) }
            let before = attempts.value
            while attempts.value < before + 200 { try await Task.sleep(for: .milliseconds(5)) }
            isOver.increment()
            let log = try await group.reduce(into: []) { $0 += $1 }
            return (log.filter(\.1).map(\.0), log.filter { !$0.1 }.map(\.0))
        }
        let all = try await eventually { try await store.queues(of: .named("team"), after: "", limit: 100_000) }
        let listed = Set(all)
        #expect(listed.isSuperset(of: inserted))
        #expect(listed.subtracting(inserted).isSubset(of: unknown))
        #expect(try await eventually { try await store.queues(in: "a") } == listed.count)
        await store.shutdown()
    }

    private func stepDown(_ server: MongoServer) {
        _ = try? server.command { command in
            command.int32("replSetStepDown", 20)
            command.int32("secondaryCatchUpPeriodSecs", 5)
        }
    }

    /// Creates queues: those of which that is known, with true, and those of which it is not.
    private func create(
        as worker: Int, _ store: MongoCatalogStore, _ attempts: Counter, while goesOn: @Sendable () -> Bool
    ) async throws -> [(QueueRecord, Bool)] {
        var log: [(QueueRecord, Bool)] = []
        var number = 0
        while goesOn() {
            let record = QueueRecord.of(try .named("\(worker).\(number)"))
            number += 1
            do throws(StorageError) {
                #expect(try await store.insert(record).isInserted)
                log.append((record, true))
                attempts.increment()
            } catch .unknownOutcome {
                log.append((record, false))
            } catch {
                await Task.yield()
            }
        }
        return log
    }

    private func failure(_ work: () async throws(StorageError) -> Void) async -> StorageError? {
        do throws(StorageError) {
            try await work()
            return nil
        } catch {
            return error
        }
    }

    /// Tries again while the store is away: for as long as a fail-over may take on a busy machine.
    private func eventually<Answer>(_ work: () async throws -> Answer) async throws -> Answer {
        for _ in 0..<300 {
            if let answer = try? await work() { return answer }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await work()
    }
}
