import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("SQLite pools: inspection") struct InspectionTests {
    private func findings(_ queue: QueueUnderTest, repairing: Bool) async throws -> [PoolFinding] {
        try await queue.pool.inspect(queue.ref.life, repairing: repairing, now: queue.now)
    }

    @Test("counts that are wrong are found and mended")
    func counts() async throws {
        try await PoolFile.withQueue { file, queue in
            try await queue.post(count: 5)
            _ = try await queue.claim(2)
            try file.execute("UPDATE queues SET messages = 9, claimed = 1")
            let found = try await findings(queue, repairing: false)
            #expect(found.map(\.kind) == [.wrongCount] && found[0].isRepaired == false)
            #expect(
                found[0].detail
                    == "the queue counts 9 messages, 1 of them claimed, and holds 5, 2 of them claimed")
            #expect(try await queue.stats().total == 9)
            #expect(try await findings(queue, repairing: true).map(\.isRepaired) == [true])
            #expect(try await queue.stats().total == 5)
            #expect(try await queue.stats().claimed == 2)
            #expect(try await findings(queue, repairing: true) == [])
        }
    }

    @Test("messages in claims that do not exist are found, and freed")
    func orphans() async throws {
        try await PoolFile.withQueue { file, queue in
            try await queue.post(count: 5)
            _ = try await queue.claim(2)
            let other = try await queue.claim(1)
            _ = try await queue.pool.beginCapture(of: queue.ref, for: 7)
            try file.execute("DELETE FROM claims WHERE claim <> x'\(other.id.text.filter { $0 != "-" })'")
            let found = try await findings(queue, repairing: false)
            #expect(found.map(\.kind) == [.claimWithoutRecord])
            #expect(found.map(\.detail) == ["2 messages are held by claims that do not exist"])
            #expect(try await findings(queue, repairing: true).map(\.isRepaired) == [true])
            #expect(try await findings(queue, repairing: true) == [])
            #expect(try await queue.list().texts == ["1", "2", "4", "5"])
            #expect(try await queue.stats().claimed == 1)
            let changes = try await queue.pool.changes(
                of: queue.ref, for: 7, limit: 9, bytes: 1 << 20, now: queue.now)
            #expect(changes.part.messages.texts == ["1", "2"], "a move hears of it")
            #expect(try await queue.claim(9).delivered.count == 4)
        }
    }

    @Test("bodies that count wrong what lies in them are found and mended", arguments: [
        "UPDATE opened SET messages = 9", "UPDATE opened SET messages = 1", "DELETE FROM opened",
    ])
    func sharedBodies(damage: String) async throws {
        try await PoolFile.withQueue { file, queue in
            for _ in 1...2 { try await queue.post(count: 5) }
            let taken = try await queue.claim(6).delivered
            _ = try await queue.pop(1)
            try file.execute(damage)
            let found = try await findings(queue, repairing: false)
            #expect(found.map(\.kind) == [.wrongCount])
            #expect(found.map(\.detail) == ["2 shared bodies count other messages than lie in them"])
            #expect(try await findings(queue, repairing: true).map(\.isRepaired) == [true])
            #expect(try await findings(queue, repairing: true) == [])
            #expect(try file.strays() == 0)
            _ = try await queue.delete(taken.dropLast().ids)
            #expect(try await queue.everything().texts == ["1", "3", "4", "5"])
            #expect(try file.contents() == Contents(messages: 4, opened: 1, bodies: 1))
        }
    }

    @Test("old marks are collected")
    func oldMarks() async throws {
        try await PoolFile.withQueue { file, queue in
            _ = try await queue.pool.beginCapture(of: queue.ref, for: 7)
            try await queue.post(count: 10)
            _ = try await queue.pool.beginCapture(of: queue.ref, for: 8)
            try await queue.post(count: 3)
            try await queue.collectAll(limit: 4)
            #expect(try file.number("SELECT count(*) FROM changes") == 3)
            try await queue.pool.retire(queue.ref, now: queue.now)
            try await queue.collectAll(limit: 4)
            #expect(try file.number("SELECT count(*) FROM changes") == 0)
        }
    }
}
