import RedisDriver
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Redis is inspected") struct InspectionTests {
    /// Something that a command of somebody else breaks, and what is said of it.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: PoolFinding.Kind
        let commands: [[String]]

        init(_ name: String, _ kind: PoolFinding.Kind, _ commands: [String]...) {
            testDescription = name
            self.kind = kind
            self.commands = commands
        }
    }

    // Messages 1 to 40; 1 to 3 are claimed, 41 is delayed, 42 has a kept id.
    static let damages = [
        Damage("free is lost", .wrongIndex, ["ZREM", "free", "10"]),
        Damage("held is lost", .wrongIndex, ["ZREM", "held", "2"]),
        Damage("in two indexes", .wrongIndex, ["ZADD", "free", "1", "1"]),
        Damage("delayed is lost", .wrongIndex, ["ZREM", "late", "41"]),
        Damage("no end of the delay", .wrongIndex, ["ZREM", "times", "d41"]),
        Damage("a message is lost", .wrongIndex, ["HDEL", "messages", "11"]),
        Damage("the claim is lost", .claimWithoutRecord, ["DEL", "claims"]),
        Damage("no end of claims", .wrongIndex, ["DEL", "times"]),
        Damage("a strange state", .wrongIndex, ["HSET", "states", "999", "x"]),
        Damage("a kept id is lost", .wrongIndex, ["DEL", "kept"]),
        Damage("a strange kept id", .wrongIndex, ["HSET", "kept", "abc", "999"]),
        Damage("a block is lost", .wrongIndex, ["ZREM", "expiry", "1"]),
        Damage("a block is due late", .wrongIndex, ["ZINCRBY", "expiry", "320000000", "1"]),
        Damage("a block has a wrong count", .wrongCount, ["ZINCRBY", "expiry", "1", "1"]),
        Damage("a strange block", .wrongCount, ["ZADD", "expiry", "33", "70"]),
    ]

    @Test("each damage is found, told, mended once, and then things go on", arguments: damages)
    func damage(_ damage: Damage) async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            let pool = try #require(queue.pool as? RedisDriver)
            try await queue.post(count: 40)
            _ = try await queue.claim(3, ttl: 600)
            let kept = MessageID(sequence: MessageSequence(7), nonce: 1)
            try await queue.post([.saying("late", delay: 60), .saying("kept", keptID: kept)])
            let (life, now) = (queue.ref.life, queue.now)
            #expect(try await pool.inspect(life, repairing: false, now: now).isEmpty)
            for command in damage.commands {
                let words = [command[0], "weir:{\(life.value)}:\(command[1])"] + command.dropFirst(2)
                try send(words, to: server)
            }
            let found = try await pool.inspect(life, repairing: false, now: now)
            #expect(found.map(\.kind).contains(damage.kind), "\(found)")
            #expect(found.allSatisfy { !$0.isRepaired && $0.detail.first?.isNumber == true })
            let mended = try await pool.inspect(life, repairing: true, now: now)
            #expect(mended.map(\.kind).contains(damage.kind))
            #expect(mended.allSatisfy { $0.isRepaired })
            #expect(try await pool.inspect(life, repairing: false, now: now).isEmpty)
            queue.clock.advance(seconds: 600)
            let taken = try await queue.claim(100).delivered.count
            #expect(taken == (damage.testDescription == "a message is lost" ? 41 : 42))
            queue.clock.advance(seconds: 4000)
            try await queue.collectAll()
            #expect(try server.command("HLEN", "weir:{\(life.value)}:messages") == ":0\r\n")
        }
    }

    @Test("a large queue that clients work on has no findings")
    func quiet() async throws {
        try await withQueue(.init(isDurable: false)) { queue, _ in
            let pool = try #require(queue.pool as? RedisDriver)
            for _ in 1...5 { try await queue.post(count: 1000) }
            let working = Task {
                for _ in 1...60 {
                    try await queue.post((1...10).map { .saying("\($0)", delay: $0 % 2) })
                    let taken = try await queue.claim(20)
                    _ = try await queue.delete(Array(taken.delivered.ids.prefix(10)))
                    try await queue.release(taken.id)
                    _ = try await queue.pop(5)
                }
            }
            for _ in 1...3 {
                #expect(try await pool.inspect(queue.ref.life, repairing: false, now: queue.now).isEmpty)
            }
            try await working.value
            #expect(try await pool.inspect(.init(1), repairing: true, now: queue.now).isEmpty)
        }
    }

    @Test("what is mended while changes are captured is marked")
    func mendedIsMarked() async throws {
        try await withMove { move in
            try await move.queue.post(count: 10)
            _ = try await move.queue.claim(2)
            try await move.begin()
            try send(["DEL", "weir:{\(move.life.value)}:claims"], to: move.servers.source)
            try send(["ZREM", "weir:{\(move.life.value)}:free", "9"], to: move.servers.source)
            _ = try await move.source.inspect(move.life, repairing: true, now: move.queue.now)
            let changes = try await move.source.changes(
                of: move.queue.ref, for: 7, limit: 100, bytes: 1 << 20, now: move.queue.now)
            #expect(changes.part.messages.map(\.sequence.value) == [1, 2, 9])
        }
    }

    private func send(_ words: [String], to server: RedisServer) throws {
        switch words.count {
        case 2: try server.command(words[0], words[1])
        case 3: try server.command(words[0], words[1], words[2])
        default: try server.command(words[0], words[1], words[2], words[3])
        }
    }
}
