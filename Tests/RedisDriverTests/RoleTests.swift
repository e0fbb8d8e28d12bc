import RedisDriver
import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// How roles are kept: in one string that operations compare as a whole.
@Suite("Redis keeps roles") struct RoleTests {
    private func key(_ name: String, _ move: MoveUnderTest) -> String {
        "weir:{\(move.life.value)}:\(name)"
    }

    private func header(_ server: RedisServer, _ move: MoveUnderTest) throws -> String? {
        try server.command("GET", key("header", move)).split(separator: "\r\n").last.map(String.init)
    }

    @Test("the header says the role and the epoch, and a queue that stays has nothing else")
    func headers() async throws {
        try await withMove { move in
            let (source, target) = move.servers
            #expect(try header(source, move) == "S1")
            try await move.queue.post("a", "b")
            _ = try await move.queue.claim(1)
            #expect(try source.command("EXISTS", key("move", move), key("marks", move)) == ":0\r\n")
            try await move.begin()
            #expect(try header(source, move) == "C1")
            #expect(try header(target, move) == "I2")
            try await move.cutOver(isCapturing: true)
            #expect(try header(source, move) == "F1")
            #expect(try header(target, move) == "C2")
            try await move.source.unfence(move.queue.ref, through: move.turn)
            #expect(try header(source, move) == "C1")
            let later = MoveTurn(migration: 7, turn: 2)
            try await move.source.fence(move.queue.ref, turn: later)
            try await move.source.markMoved(move.queue.ref, to: Epoch(2), turn: later, now: move.queue.now)
            #expect(try header(source, move) == "M2")
            #expect(try await move.target.endCapture(of: move.moved, for: 7, limit: 10) == false)
            #expect(try header(target, move) == "S2")
            try await move.target.retire(move.moved, now: move.queue.now)
            #expect(try header(target, move) == "R2")
        }
    }

    @Test("what was cleared leaves no key, and a queue that moved its role for a day")
    func cleared() async throws {
        try await withMove { move in
            let (source, target) = move.servers
            try await move.queue.post(count: 50)
            _ = try await move.queue.claim(5)
            try await move.begin()
            try await move.copyClaims()
            try await move.copyMessages()
            #expect(try await move.target.clear(move.life, turn: move.turn, limit: 10) == false)
            #expect(try target.command("DBSIZE") == ":1\r\n", "the format")
            #expect(try await move.target.openShadow(of: move.moved, turn: move.turn, now: move.queue.now) == .fresh)
            try await move.copyClaims()
            try await move.copyMessages()
            try await move.cutOver()
            try await move.expectEqualCopies()
            try await move.source.markMoved(move.queue.ref, to: Epoch(2), turn: move.turn, now: move.queue.now)
            #expect(try await move.source.lives(after: .init(.min), limit: 5).map(\.role) == [.moved(move.turn)])
            #expect(try await move.source.clear(move.life, turn: move.turn, limit: 10) == false)
            #expect(try await move.source.lives(after: .init(.min), limit: 5).isEmpty)
            #expect(try source.command("DBSIZE") == ":4\r\n", "header, move, retired, format")
            move.queue.clock.advance(seconds: Limits.tombstoneSeconds + 1)
            try await move.queue.collectAll()
            #expect(try source.command("DBSIZE") == ":1\r\n")
        }
    }

    @Test("a pool of the second format keeps what it has, and what ends in it is noticed")
    func upgradeOfSecond() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            for number in 1...20 { try await queue.post("\(number)") }
            try await queue.post([.saying("late", delay: 60)])
            _ = try await queue.claim(3, ttl: 90)
            // What this format knew of lives: when messages expire and claims end.
            try server.command("ZADD", "weir:due", "XX", "\(queue.now.adding(seconds: 90).milliseconds)", "\(queue.ref.life.value)")
            try server.command("SET", "weir:format", "2")
            let newer = QueueUnderTest(pool: try await openPool(server.uri), ref: queue.ref, clock: queue.clock)
            #expect(try server.command("GET", "weir:format") == "$1\r\n3\r\n")
            #expect(try await newer.list().count == 17)
            try await newer.post(count: 20)
            queue.clock.advance(seconds: 60)
            #expect(try await newer.list().texts.contains("late"))
            queue.clock.advance(seconds: 30)
            #expect(try await newer.claim(100).delivered.count == 41)
            await newer.pool.shutdown()
        }
    }

    @Test("a pool of the first format gets its list of lives")
    func upgrade() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            var open = [queue.ref.life]
            for _ in 1...2500 { open.append(try await queue.sibling().ref.life) }
            let ended = try await queue.sibling()
            try await queue.pool.retire(ended.ref, now: queue.now)
            try server.command("DEL", "weir:lives")
            try server.command("SET", "weir:format", "1")
            let newer = try #require(try await openPool(server.uri) as? RedisDriver)
            var found: [QueueLife] = []
            while true {
                let page = try await newer.lives(after: found.last ?? QueueLife(.min), limit: 1000)
                if page.isEmpty { break }
                found += page.map(\.life)
            }
            #expect(found == open.sorted())
            #expect(try server.command("GET", "weir:format") == "$1\r\n3\r\n")
            await newer.shutdown()
        }
    }

    @Test("a pool that is full can be moved away")
    func full() async throws {
        try await withMove { move in
            try await move.queue.post(count: 20)
            try move.servers.source.configSet("maxmemory", "1")
            await #expect(throws: StorageError.self) { try await move.queue.post("one more") }
            try await move.begin()
            let earlier = MoveTurn(migration: move.turn.migration, turn: 0)
            for turn in [earlier, earlier] { try await move.source.unfence(move.queue.ref, through: turn) }
            let ids = try await move.queue.list(limit: 3).ids
            _ = try await move.queue.claim(2)
            _ = try await move.queue.delete(ids)
            _ = try await move.queue.pop(3)
            try await move.copyClaims()
            try await move.copyMessages()
            try await move.cutOver()
            #expect(try await move.arrived.everything().count == 14)
            try await move.source.markMoved(move.queue.ref, to: Epoch(2), turn: move.turn, now: move.queue.now)
            _ = try await move.source.clear(move.life, turn: move.turn, limit: 10)
        }
    }

    @Test("a full pool takes no copy, and lets go of what is gone")
    func fullTarget() async throws {
        try await withMove { move in
            try await move.queue.post(count: 20)
            try await move.begin()
            try await move.copyMessages()
            try move.servers.target.configSet("maxmemory", "1")
            let page = try await move.source.page(
                of: move.life, after: .start, limit: 5, bytes: 1000, now: move.queue.now)
            await #expect {
                try await move.carryOver(QueuePart(messages: page))
            } throws: { error in
                if case .refused? = error as? StorageError { true } else { false }
            }
            try await move.carryOver(QueuePart(goneMessages: page.map(\.sequence)))
            #expect(try await move.target.census(of: move.life, now: move.queue.now).stats.free == 15)
        }
    }
}
