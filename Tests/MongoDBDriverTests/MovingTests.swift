import Synchronization
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// Two nodes share the queue that moves.
@Suite("Nodes that share a queue that moves") struct MovingTests {
    @Test("what any node acknowledged before a fence reaches the copy, and nothing follows", arguments: 1...5)
    func fence(round: Int) async throws {
        try await withNodes(2) { nodes, database in
            try await withNode("\(database)_to") { target in
                let first = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
                let copy = first.through(target, epoch: 2)
                let source = nodes[0]
                let early = try await first.post(count: 100)
                #expect(try await source.beginCapture(of: first.ref, for: 7) == .began)
                _ = try await target.openShadow(of: copy.ref, turn: .turn(1), now: copy.now)
                let messages = try await source.everything(of: first.ref.life, now: first.now)
                let part = QueuePart(messages: messages)
                try await target.import(part, into: copy.ref.life, turn: .turn(1), now: copy.now)
                let work = try await load(first, through: nodes, rounds: 20 * round)
                try await drain(source, first.ref, into: target, now: first.now)
                let last = try await source.census(of: first.ref.life, now: first.now).last
                try await target.finalise(copy.ref, turn: .turn(1), last: last, isCapturing: false)
                #expect(!work.posted.isEmpty && !work.deleted.isEmpty)
                let ids = Set(try await copy.everything().ids)
                let expected = Set(early).union(work.posted).subtracting(work.deleted)
                #expect(ids.symmetricDifference(expected).count <= work.unknown)
                #expect(try await copy.everything() == source.everything(of: first.ref.life, now: first.now))
                #expect(try await target.inspect(copy.ref.life, repairing: false, now: copy.now) == [])
            }
        }
    }

    /// Works on the queue through all of these nodes, and fences it after so many rounds.
    private func load(
        _ queue: QueueUnderTest, through nodes: [any PoolDriver], rounds count: Int
    ) async throws -> Work {
        let rounds = Rounds()
        return try await withThrowingTaskGroup(of: Work.self) { group in
            for worker in 0..<6 {
                let queue = queue.through(nodes[worker % nodes.count])
                group.addTask { try await Self.work(on: queue, rounds) }
            }
            // A minute at most: workers that have failed do no more, and say why below.
            for _ in 0..<30_000 where rounds.done < count { try await Task.sleep(for: .milliseconds(2)) }
            try await eventually { try await nodes[0].fence(queue.ref, turn: .turn(1)) }
            return try await group.reduce(into: Work()) { $0.merge($1) }
        }
    }

    /// How much was done, all workers together.
    private final class Rounds: Sendable {
        private let count = Mutex(0)

        var done: Int { count.withLock { $0 } }

        func add() {
            count.withLock { $0 += 1 }
        }
    }

    private struct Work {
        var posted: [MessageID] = []
        var deleted: [MessageID] = []
        /// How many messages more may have come or gone, at the most.
        var unknown = 0

        mutating func merge(_ other: Work) {
            posted += other.posted
            deleted += other.deleted
            unknown += other.unknown
        }
    }

    /// Posts and deletes until a fence says no.
    private static func work(on queue: QueueUnderTest, _ rounds: Rounds) async throws -> Work {
        var work = Work()
        for _ in 0..<5000 where !Task.isCancelled {
            do {
                work.posted += try await queue.post("a", "b")
                work.deleted += try await queue.pop(1).ids
                rounds.add()
            } catch StorageError.fenced {
                return work
            } catch StorageError.unknownOutcome {
                work.unknown += 2
            } catch StorageError.busy {
            } catch StorageError.unavailable {}
        }
        Issue.record("no fence came")
        return work
    }

    private func drain(
        _ source: any MovablePool, _ queue: QueueRef, into target: any MovablePool, now: Timestamp
    ) async throws {
        var last: Int64 = 0
        while true {
            let changes = try await source.changes(of: queue, for: 7, limit: 64, bytes: 1 << 20, now: now)
            guard !changes.part.isEmpty else { return #expect(changes.left == 0) }
            #expect(changes.mark > last)
            last = changes.mark
            try await target.import(changes.part, into: queue.life, turn: .turn(1), now: now)
            try await source.clearChanges(of: queue, for: 7, through: changes.mark)
        }
    }

    @Test("a node that remembers a queue marks what it changes once another one has begun to capture")
    func marksOfTwo() async throws {
        try await withNodes(2) { nodes, database in
            let first = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            let second = first.through(nodes[1])
            try await first.post(count: 10)
            #expect(try await second.claim(2).delivered.count == 2)
            let pool = nodes[0]
            _ = try await pool.beginCapture(of: first.ref, for: 7)
            let ids = try await second.post("b")
            try await first.post("a")
            let taken = try await second.claim(1)
            #expect(try await first.delete(ids) == .deleted)
            let changes = try await nodes[1].changes(
                of: first.ref, for: 7, limit: 10, bytes: 1 << 20, now: first.now)
            #expect(changes.part.messages.map(\.sequence.value) == [3, 12])
            #expect(changes.part.goneMessages.map(\.value) == [11])
            #expect(changes.part.claims.map(\.id) == [taken.id])
            #expect(changes.left == 0)
            // What changes again after it was read keeps its mark.
            try await second.release(taken.id)
            try await pool.clearChanges(of: first.ref, for: 7, through: changes.mark)
            let later = try await pool.changes(of: first.ref, for: 7, limit: 10, bytes: 1 << 20, now: first.now)
            #expect(later.part.messages.map(\.sequence.value) == [3])
            #expect(later.part.goneClaims == [taken.id] && later.part.claims.isEmpty)
            #expect(try await StoredPool(database: database).count("changes") == 2)
        }
    }

    @Test("a copy that takes the place of one that was cleared is not taken for it")
    func replaced() async throws {
        try await withNodes(2) { nodes, _ in
            let pool = nodes[0]
            let queue = QueueUnderTest(pool: nodes[1], ref: .fresh(epoch: Epoch(2)), clock: ManualClock())
            for (turn, text) in [(1, "old"), (3, "new")] {
                _ = try await pool.openShadow(of: queue.ref, turn: .turn(turn), now: queue.now)
                let part = QueuePart(messages: (1...70).map { Message.made($0, text, now: queue.now) })
                try await pool.import(part, into: queue.ref.life, turn: .turn(turn), now: queue.now)
                try await pool.finalise(queue.ref, turn: .turn(turn), last: .start, isCapturing: false)
                // Through the other node, which remembers what it has read: each of its threads by itself.
                for _ in 1...10 { #expect(try await queue.list(limit: 1).texts == [text]) }
                #expect(try await queue.claim(2).delivered.texts == [text, text])
                guard turn == 1 else { continue }
                _ = try await pool.openShadow(of: queue.ref, turn: .turn(2), now: queue.now)
                while try await pool.clear(queue.ref.life, turn: .turn(2), limit: 9) {}
            }
        }
    }

    @Test("nothing is left of what was cleared, nor of a captured queue that was retired")
    func nothingLeft() async throws {
        try await withNodes(1) { nodes, database in
            let stored = StoredPool(database: database)
            let pool = nodes[0]
            let queue = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            _ = try await pool.beginCapture(of: queue.ref, for: 7)
            try await queue.post(count: 100)
            _ = try await queue.claim(3)
            #expect(try await stored.count("changes") == 101)
            let shadow = QueueRef.fresh(epoch: Epoch(2))
            _ = try await pool.openShadow(of: shadow, turn: .turn(1), now: queue.now)
            let messages = try await pool.everything(of: queue.ref.life, now: queue.now)
            let claims = try await pool.claims(of: queue.ref.life, after: nil, limit: 9, now: queue.now).claims
            let part = QueuePart(messages: messages, claims: claims)
            try await pool.import(part, into: shadow.life, turn: .turn(1), now: queue.now)
            try await nodes[0].retire(queue.ref, now: queue.now)
            try await queue.collectAll(limit: 7)
            #expect(try await stored.count("changes") == 0)
            #expect(try await stored.count("claims") == 1)
            while try await pool.clear(shadow.life, turn: .turn(1), limit: 7) {}
            #expect(try await stored.count("blocks") == 0)
            #expect(try await stored.count("claims") == 0)
            #expect(try await stored.count("queues") == 1, "the tombstone")
        }
    }

    @Test("a standalone server refuses to take part, and says why")
    func standalone() async throws {
        let server = try await MongoServer.start()
        let pool = try await openPool(server.uri(options: "w=1"), options: patient)
        let queue = try await QueueUnderTest.open(on: pool, clock: ManualClock())
        func expectRefusal(_ work: () async throws -> Void) async {
            await #expect {
                try await work()
            } throws: { error in
                if case .refused(let reason)? = error as? StorageError { reason.contains("--replSet") } else { false }
            }
        }
        await expectRefusal { _ = try await pool.beginCapture(of: queue.ref, for: 7) }
        let shadow = QueueRef.fresh(epoch: Epoch(2))
        await expectRefusal { _ = try await pool.openShadow(of: shadow, turn: .turn(1), now: queue.now) }
        await expectRefusal { _ = try await pool.inspect(queue.ref.life, repairing: false, now: queue.now) }
        #expect(try await pool.lives(after: QueueLife(.min), limit: 9).map(\.life) == [queue.ref.life])
        await pool.shutdown()
    }
}

extension Message {
    /// A free message that some other pool holds.
    static func made(_ sequence: Int64, _ text: String, now: Timestamp) -> Message {
        Message(
            id: MessageID(sequence: MessageSequence(sequence), nonce: UInt64(sequence) &* 7919),
            sequence: MessageSequence(sequence), body: MessageBody(text), ttl: 3600, created: now,
            expires: now.adding(seconds: 3600), delayedUntil: Timestamp(milliseconds: 0), client: .producer, claim: nil,
            claimedUntil: Timestamp(milliseconds: 0), claimCount: 0)
    }
}
