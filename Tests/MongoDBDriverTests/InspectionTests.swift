import MongoEngine
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Inspection of a MongoDB pool") struct InspectionTests {
    /// What somebody has done to the database, behind the back of the node that remembers what it stored there.
    enum Damage: CaseIterable {
        case counts, free, expiry, wake, claimRecord, claimBlocks, headerWake

        func apply(to stored: StoredPool) async throws {
            switch self {
            case .counts:
                try await stored.update("queues") { change in
                    change.document("$inc") { counts in
                        counts.int64("s.0.n.1", 5)
                        counts.int64("s.0.n.2", -1)
                    }
                }
            case .free: try await stored.update("blocks") { $0.document("$unset") { $0.bool("f", true) } }
            case .expiry: try await stored.update("blocks") { $0.document("$set") { $0.int64("x", .max) } }
            case .wake: try await stored.update("blocks") { $0.document("$unset") { $0.bool("w", true) } }
            case .claimRecord: try await stored.removeAll("claims")
            case .claimBlocks:
                try await stored.update("claims") { change in
                    change.document("$set") { $0.array("b", [Int64]()) { $0.int64($1, $2) } }
                }
            case .headerWake: try await stored.update("queues") { $0.document("$set") { $0.int64("w", .max) } }
            }
        }

        var kinds: [PoolFinding.Kind] {
            switch self {
            case .counts: [.wrongCount, .wrongCount]
            case .claimRecord: [.claimWithoutRecord]
            case .free, .expiry, .wake, .claimBlocks, .headerWake: [.wrongIndex]
            }
        }
    }

    @Test("what is wrong is found and mended", arguments: Damage.allCases)
    func mends(damage: Damage) async throws {
        try await withNodes(1) { nodes, database in
            let pool = nodes[0]
            let queue = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            let life = queue.ref.life
            for _ in 1...40 { try await queue.post(count: 5, ttl: 600) }
            let taken = try await queue.claim(12, ttl: 60)
            #expect(try await pool.inspect(life, repairing: true, now: queue.now) == [])
            try await damage.apply(to: StoredPool(database: database))
            let found = try await pool.inspect(life, repairing: false, now: queue.now)
            #expect(found.map(\.kind) == damage.kinds && !found.contains(where: \.isRepaired))
            let mended = try await pool.inspect(life, repairing: true, now: queue.now)
            #expect(mended.map(\.detail) == found.map(\.detail) && mended.allSatisfy(\.isRepaired))
            #expect(try await pool.inspect(life, repairing: false, now: queue.now) == [])
            try await expectSound(queue, taken, isLost: damage == .claimRecord)
        }
    }

    private func expectSound(_ queue: QueueUnderTest, _ taken: QueueUnderTest.Taken, isLost: Bool) async throws {
        #expect(try await queue.stats().total == 200)
        #expect(try await queue.stats().claimed == (isLost ? 0 : 12))
        #expect(try await queue.show(taken.id)?.messages.count == (isLost ? nil : 12))
        queue.clock.advance(seconds: 60)
        #expect(try await queue.claim(1000, ttl: 300).delivered.count == 200)
        queue.clock.advance(seconds: 600)
        try await queue.collectAll()
        #expect(try await queue.stats() == .empty)
    }

    @Test("what changes meanwhile is no finding, and repairing does no harm")
    func meanwhile() async throws {
        try await withNodes(2) { nodes, _ in
            let pool = nodes[0]
            let first = try await QueueUnderTest.open(on: nodes[0], clock: ManualClock())
            for _ in 1...300 { try await first.post("x") }
            let isOver = Flag()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    let queue = first.through(nodes[worker % 2])
                    group.addTask { while !isOver.isSet, !Task.isCancelled { try await change(queue) } }
                }
                for round in 1...12 {
                    let isRepairing = round.isMultiple(of: 2)
                    let found = try await eventually {
                        try await pool.inspect(first.ref.life, repairing: isRepairing, now: first.now)
                    }
                    #expect(found == [])
                }
                isOver.set()
                try await group.waitForAll()
            }
            #expect(try await first.stats().total == first.everything().count)
        }
    }

    private func change(_ queue: QueueUnderTest) async throws {
        do {
            try await queue.post("a", "b", "c")
            let taken = try await queue.claim(2)
            if let first = taken.delivered.first { _ = try await queue.delete(first.id, holding: taken.id) }
            try await queue.release(taken.id)
            _ = try await queue.pop(1)
        } catch StorageError.busy {
        } catch StorageError.unknownOutcome {
        } catch StorageError.unavailable {}
    }
}
