import MongoDBDriver
import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Two nodes share a queue, and what one is told holds for the other.
@Suite("Nodes that share a MongoDB") struct FenceTests {
    @Test("no post lands behind a change of the epoch, and no acknowledged one is lost by it", arguments: 1...10)
    func fence(round: Int) async throws {
        try await withNodes(2) { nodes, database in
            let first = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            let second = QueueUnderTest(pool: nodes[1], ref: first.ref, clock: first.clock)
            let acknowledged = Acknowledged()
            let log = try await withThrowingTaskGroup(of: PostLog.self) { group in
                for worker in 0..<8 {
                    let queue = worker % 2 == 0 ? first : second
                    // Goes on until it is told that its route is stale.
                    group.addTask { try await postUntilStale(to: queue, as: "\(worker)", acknowledged) }
                }
                try await acknowledged.wait(for: 1)
                try await Task.sleep(for: .milliseconds(7 * round))
                let last = try await fence(first.ref, in: database)
                var all = PostLog()
                for try await log in group { all.merge(log) }
                #expect(all.acknowledged.allSatisfy { $0.sequence.value <= last })
                let moved = QueueUnderTest(pool: nodes[1], ref: first.ref.under(epoch: 2), clock: first.clock)
                #expect(try await moved.lastSequence() == last)
                #expect(try await moved.list().map(\.sequence.value) == Array(0..<last).map { $0 + 1 })
                return all
            }
            #expect(!log.acknowledged.isEmpty)
            let moved = QueueUnderTest(pool: nodes[0], ref: first.ref.under(epoch: 2), clock: first.clock)
            try await expectComplete(moved, log)
        }
    }

    /// Changes the epoch to 2 as a single change of the header, and returns the last sequence given out by then.
    private func fence(_ ref: QueueRef, in database: String) async throws -> Int64 {
        let primary = try await MongoSet.shared.value.primary()
        for _ in 0..<10_000 {
            // A transaction that holds the header makes this wait or fail, as it does any fence.
            let reply = try? primary.command(on: database) { command in
                command.string("findAndModify", "queues")
                command.document("query") { $0.int64("_id", ref.life.value) }
                command.document("update") { update in
                    update.document("$set") { $0.int64("e", 2) }
                    update.document("$inc") { $0.int64("s.0.v", 1) }
                }
                command.bool("new", true)
            }
            let numbers = reply?.document("value")?.documents("s").first?.array("n") ?? []
            guard case .int64(let next) = numbers.first else { continue }
            return next - 1
        }
        throw MongoServer.Failure(description: "the fence never came through")
    }

    private func postUntilStale(
        to queue: QueueUnderTest, as name: String, _ acknowledged: Acknowledged
    ) async throws -> PostLog {
        var log = PostLog()
        for round in 0..<5000 {
            let text = "\(name).\(round)"
            do {
                log.acknowledged += try await queue.post(text)
                acknowledged.add()
            } catch StorageError.staleRoute {
                return log
            } catch StorageError.unknownOutcome {
                log.unknown.insert(text)
            } catch StorageError.busy, StorageError.unavailable {
                log.refused += 1
            }
        }
        Issue.record("nobody said that the route is stale")
        return log
    }

    @Test("posts of two nodes get dense sequences")
    func dense() async throws {
        try await withNodes(2) { nodes, _ in
            let first = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            let second = QueueUnderTest(pool: nodes[1], ref: first.ref, clock: first.clock)
            let ids = try await withThrowingTaskGroup(of: [MessageID].self) { group in
                for worker in 0..<8 {
                    group.addTask {
                        var ids: [MessageID] = []
                        let queue = worker % 2 == 0 ? first : second
                        for _ in 0..<20 { ids += try await persistently { try await queue.post("a", "b") } }
                        return ids
                    }
                }
                return try await group.reduce(into: [MessageID]()) { $0 += $1 }
            }
            #expect(ids.map(\.sequence.value).sorted() == Array(1...320))
            #expect(try await second.list().ids.count == 320)
        }
    }

    @Test("two nodes never claim the same message, though each remembers the queue")
    func claims() async throws {
        try await withNodes(2) { nodes, _ in
            let first = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            let second = QueueUnderTest(pool: nodes[1], ref: first.ref, clock: first.clock)
            let ids = try await first.post(count: 400)
            let taken = try await withThrowingTaskGroup(of: [MessageID].self) { group in
                for worker in 0..<6 {
                    group.addTask {
                        let queue = worker % 2 == 0 ? first : second
                        var mine: [MessageID] = []
                        while true {
                            let claim = try await persistently { try await queue.claim(7) }
                            guard let message = claim.delivered.first else { return mine }
                            mine += claim.delivered.ids
                            // Through the other node.
                            let other = worker % 2 == 0 ? second : first
                            let outcome = try await eventually { try await other.delete(message.id, holding: claim.id) }
                            #expect(outcome == .deleted || outcome == .missing)
                        }
                    }
                }
                return try await group.reduce(into: [MessageID]()) { $0 += $1 }
            }
            #expect(taken.count == 400 && Set(taken) == Set(ids))
        }
    }

    @Test("what a node that died left open is ended")
    func abandoned() async throws {
        // A node ends what has said nothing for twice as long.
        try await withNodes(1, options: #"{"timeout_ms": 4000}"#) { nodes, database in
            let queue = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            try await queue.post("before")
            let address = try MongoAddress(await MongoSet.shared.value.uri(database: database))
            let clients = try #require(MongoClients(address))
            // A session that nobody ends: it began to change the header, and was never heard of again.
            let lost = LostTransaction(clients, queue.ref.life.value)
            try await lost.begin()
            _ = try await eventually { try await queue.post("after") }
            // A post that was given up may have been stored, and then stands before the one that was answered.
            let listed = try await eventually { try await queue.list() }
            #expect(listed.texts.prefix(2) == ["before", "after"] && listed[1].sequence.value == 2)
            await lost.end()
        }
    }
}
