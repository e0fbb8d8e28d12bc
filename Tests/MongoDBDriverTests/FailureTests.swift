import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Servers that go away under load: one after the other, because each takes the machine for itself.
@Suite("Failures of MongoDB", .serialized) struct FailureTests {
    /// What hangs is given up, but not what a busy machine takes its time for.
    private static let bounded = #"{"timeout_ms": 3000}"#

    enum Blow: CaseIterable { case stepDown, kill }

    @Test("a primary that steps down or dies loses and doubles nothing", arguments: Blow.allCases)
    func failOver(blow: Blow) async throws {
        let set = try await MongoSet.start(3)
        let pool = try await openPool(set.uri(database: "weir"), options: Self.bounded)
        let queues = [
            try await QueueUnderTest.open(on: pool, clock: ManualClock()),
            try await QueueUnderTest.open(on: pool, clock: ManualClock()),
        ]
        let isOver = Flag()
        let acknowledged = [Acknowledged(), Acknowledged()]
        let logs = try await withThrowingTaskGroup(of: (Int, PostLog).self) { group in
            for worker in 0..<12 {
                let queue = queues[worker % 2]
                let counter = acknowledged[worker % 2]
                group.addTask { (worker % 2, await post(to: queue, as: "\(worker)", counter) { !isOver.isSet }) }
            }
            for counter in acknowledged { try await counter.wait(for: 50) }
            let primary = try await set.primary()
            switch blow {
            case .stepDown: _ = try? primary.command { command in
                command.int32("replSetStepDown", 20)
                command.int32("secondaryCatchUpPeriodSecs", 5)
            }
            case .kill: primary.kill()
            }
            _ = try await set.primary()
            // Load goes on after the new primary has taken over.
            for counter in acknowledged { try await counter.wait(for: 50) }
            isOver.set()
            return try await group.reduce(into: [PostLog(), PostLog()]) { $0[$1.0].merge($1.1) }
        }
        for (queue, log) in zip(queues, logs) {
            #expect(log.acknowledged.count >= 100)
            try await expectComplete(queue, log)
        }
        await pool.shutdown()
    }

    @Test("a server that hangs fails everybody who waits, and is served again when it goes on")
    func hang() async throws {
        let set = try await MongoSet.start(1)
        let pool = try await openPool(set.uri(database: "weir"), options: Self.bounded)
        let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
        let before = try await queue.post("before")
        set.members[0].pause()
        // A call that never returned would hang the test; each has its own worst time, far below this guard.
        let outcomes = try await withThrowingTaskGroup(of: [StorageError?].self) { group in
            for worker in 0..<40 {
                group.addTask {
                    switch worker % 4 {
                    case 0: [await failure { _ = try await queue.post("lost?") }]
                    case 1: [await failure { _ = try await queue.list() }]
                    case 2: [await failure { _ = try await queue.claim(1) }]
                    default: [await failure { try await pool.ping() }]
                    }
                }
            }
            group.addTask {
                try await Task.sleep(for: .seconds(120))
                throw MongoServer.Failure(description: "somebody still waits")
            }
            var outcomes: [StorageError?] = []
            while outcomes.count < 40, let some = try await group.next() { outcomes += some }
            group.cancelAll()
            return outcomes
        }
        for outcome in outcomes {
            switch outcome {
            case .unavailable, .unknownOutcome: break
            default: Issue.record("a call on a hanging server ended with \(String(describing: outcome))")
            }
        }
        set.members[0].resume()
        let after = try await eventually { try await queue.post("after") }
        let listed = try await eventually { try await queue.list(claimed: true) }
        #expect(listed.ids.contains(before[0]) && listed.ids.contains(after[0]))
        #expect(Set(listed.ids).count == listed.count)
        await pool.shutdown()
    }

    @Test("a server that is restarted keeps what it acknowledged, and is used again without being asked")
    func restart() async throws {
        let set = try await MongoSet.start(1)
        let pool = try await openPool(set.uri(database: "weir"), options: Self.bounded)
        let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
        let isOver = Flag()
        let acknowledged = Acknowledged()
        let log = try await withThrowingTaskGroup(of: PostLog.self) { group in
            for worker in 0..<8 {
                group.addTask { await post(to: queue, as: "\(worker)", acknowledged) { !isOver.isSet } }
            }
            for _ in 0..<2 {
                try await acknowledged.wait(for: 50)
                try await set.members[0].restart()
                _ = try await set.primary()
            }
            try await acknowledged.wait(for: 1)
            isOver.set()
            return try await group.reduce(into: PostLog()) { $0.merge($1) }
        }
        #expect(log.acknowledged.count >= 100)
        try await expectComplete(queue, log)
        await pool.shutdown()
    }
}

private func failure(_ work: () async throws -> Void) async -> StorageError? {
    do {
        try await work()
        return nil
    } catch {
        return error as? StorageError
    }
}
