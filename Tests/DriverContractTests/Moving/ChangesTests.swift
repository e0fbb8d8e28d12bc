import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Moving: reading and clearing marks") struct ChangesTests {
    @Test("what changed twice is told once, as it is now", arguments: DriverUnderTest.all)
    func once(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let ids = try await queue.post("a", "b")
            let taken = try await queue.claim(2)
            #expect(try await queue.renew(taken.id, ttl: 500))
            #expect(try await queue.delete(ids[1], holding: taken.id) == .deleted)
            let changes = try await captured.changes()
            #expect(try await changes.part.messages == queue.messages([ids[0]]))
            #expect(changes.part.goneMessages == [ids[1].sequence])
            #expect(changes.part.claims.map(\.id) == [taken.id])
            #expect(changes.part.claims.map(\.ttl) == [500])
        }
    }

    @Test("marks stay until they are cleared", arguments: DriverUnderTest.all)
    func stay(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a", "b")
            let changes = try await captured.changes()
            #expect(try await captured.changes() == changes)
            try await captured.clear(through: changes.mark)
            let after = try await captured.changes()
            #expect(after.part.isEmpty && after.left == 0)
        }
    }

    @Test("what changes between reading and clearing keeps its mark", arguments: DriverUnderTest.all)
    func changedBetween(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let ids = try await queue.post("a", "b", "c", "d")
            let taken = try await queue.claim(2)
            let read = try await captured.changes()
            #expect(try await queue.delete(ids[0], holding: taken.id) == .deleted)
            #expect(try await queue.renew(taken.id, ttl: 700))
            #expect(try await queue.delete(ids[3]) == .deleted)
            try await captured.clear(through: read.mark)
            let part = try await captured.news()
            #expect(part.goneMessages.sorted() == [ids[0].sequence, ids[3].sequence])
            #expect(part.messages.ids == [ids[1]])
            #expect(part.claims.map(\.ttl) == [700])
        }
    }

    @Test("marks are read in steps, oldest first", arguments: DriverUnderTest.all, [1, 3, 10, 100])
    func steps(driver: DriverUnderTest, limit: Int) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post(count: 10)
            let all = try await queue.everything()
            var seen: [Message] = []
            var marks: [Int64] = []
            while seen.count < 10 {
                let changes = try await captured.changes(limit: limit)
                #expect(changes.part.messages.count == changes.part.count)
                #expect(changes.part.count == min(limit, 10 - seen.count))
                seen += changes.part.messages
                #expect(changes.left == 10 - seen.count)
                try await captured.clear(through: changes.mark)
                marks.append(changes.mark)
                try #require(!changes.part.isEmpty)
            }
            #expect(seen == all)
            #expect(marks == Set(marks).sorted())
        }
    }

    @Test("no two marks have one number: as many lie between the first and the last at least", arguments: DriverUnderTest.all)
    func numbers(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let ids = try await queue.post(count: 20)
            let taken = try await queue.claim(8)
            #expect(try await queue.delete(ids[12]) == .deleted)
            let first = try await captured.changes(limit: 1, bytes: 1)
            #expect(first.part.count == 1 && first.left == 20)
            #expect(try await queue.renew(taken.id, ttl: 700))
            try await queue.post("late")
            try await captured.clear(through: first.mark + Int64(first.left))
            let part = try await captured.news()
            #expect(part.messages.texts.contains("late"))
            #expect(part.claims.map(\.ttl) == [700])
        }
    }

    @Test("a change that comes late is read last", arguments: DriverUnderTest.all)
    func inOrder(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let ids = try await queue.post(count: 4)
            #expect(try await queue.delete(ids[0]) == .deleted)
            let first = try await captured.changes(limit: 3)
            #expect(first.part.messages.ids == Array(ids[1...]) && first.left == 1)
            try await captured.clear(through: first.mark)
            #expect(try await captured.news() == QueuePart(goneMessages: [ids[0].sequence]))
        }
    }

    @Test("a step has about so many bytes, and one message at least", arguments: DriverUnderTest.all)
    func bytes(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            let text = String(repeating: "x", count: 1000)
            try await queue.post((1...6).map { _ in NewMessage.saying(text) })
            var seen = 0
            while seen < 6 {
                let changes = try await captured.changes(bytes: seen == 0 ? 1 : 2500)
                #expect(!changes.part.isEmpty && changes.part.count <= (seen == 0 ? 2 : 3))
                seen += changes.part.count
                #expect(changes.left == 6 - seen)
                try await captured.clear(through: changes.mark)
                try #require(!changes.part.isEmpty)
            }
        }
    }

    @Test("marks belong to their migration", arguments: DriverUnderTest.all)
    func migration(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a")
            let pool = captured.pool
            for other in [CapturedQueue.migration - 1, CapturedQueue.migration + 1] {
                await #expect(throws: StorageError.staleRoute) {
                    _ = try await pool.changes(of: queue.ref, for: other, limit: 9, bytes: plenty, now: queue.now)
                }
                try? await pool.clearChanges(of: queue.ref, for: other, through: .max >> 12)
                #expect(try await pool.endCapture(of: queue.ref, for: other, limit: 100) == false)
            }
            #expect(try await captured.news().messages.texts == ["a"])
        }
    }

    @Test("marks grow from one capture to the next", arguments: DriverUnderTest.all)
    func grow(driver: DriverUnderTest) async throws {
        try await driver.withCapture { captured, queue in
            try await queue.post("a", "b", "c")
            let first = try await captured.changes().mark
            while try await captured.pool.endCapture(of: queue.ref, for: CapturedQueue.migration, limit: 2) {}
            #expect(try await captured.pool.beginCapture(of: queue.ref, for: 8) == .began)
            try await queue.post("d")
            let second = try await captured.pool.changes(of: queue.ref, for: 8, limit: 9, bytes: plenty, now: queue.now)
            #expect(second.part.messages.texts == ["d"])
            #expect(second.mark > first)
        }
    }
}
