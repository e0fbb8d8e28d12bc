import RedisDriver
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Redis is inspected") struct InspectionTests {
    /// Something that a command of somebody else breaks, what is said of it, and how many messages there are afterwards.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: PoolFinding.Kind
        let commands: [[String]]
        let left: Int

        init(_ name: String, _ kind: PoolFinding.Kind, left: Int = 61, _ commands: [String]...) {
            testDescription = name
            self.kind = kind
            self.commands = commands
            self.left = left
        }
    }

    // Messages 1 to 40 stand by themselves; 1 to 3 are claimed, 41 is delayed, 42 has a kept id. 43 to 58 are a sealed parcel,
    // 59 to 62 one that was opened when 60 was deleted.
    static let damages = [
        Damage("free is lost", .wrongIndex, ["ZREM", "free", "10"]),
        Damage("held is lost", .wrongIndex, ["ZREM", "held", "2"]),
        Damage("in two indexes", .wrongIndex, ["ZADD", "free", "1", "1"]),
        Damage("delayed is lost", .wrongIndex, ["ZREM", "late", "41"]),
        Damage("no end of the delay", .wrongIndex, ["ZREM", "times", "d41"]),
        Damage("a message is lost", .wrongIndex, left: 60, ["HDEL", "messages", "11"]),
        Damage("the claim is lost", .claimWithoutRecord, ["DEL", "claims"]),
        Damage("no end of claims", .wrongIndex, ["DEL", "times"]),
        Damage("a strange state", .wrongIndex, ["HSET", "states", "999", "x"]),
        Damage("a kept id is lost", .wrongIndex, ["DEL", "kept"]),
        Damage("a strange kept id", .wrongIndex, ["HSET", "kept", "abc", "999"]),
        Damage("a block is lost", .wrongIndex, ["ZREM", "expiry", "1"]),
        Damage("a block is due late", .wrongIndex, ["ZINCRBY", "expiry", "320000000", "1"]),
        Damage("a block has a wrong count", .wrongCount, ["ZINCRBY", "expiry", "1", "1"]),
        Damage("a strange block", .wrongCount, ["ZADD", "expiry", "33", "70"]),
        Damage("what is sealed is lost", .wrongIndex, ["DEL", "sealed"]),
        Damage("something strange is sealed", .wrongIndex, ["ZADD", "sealed", "99", "strange:90"]),
        Damage("a sealed message is free, too", .wrongIndex, ["ZADD", "free", "44", "44"]),
        Damage("a parcel is lost", .wrongIndex, left: 58, ["HDEL", "parcels", "59"]),
        Damage("a sealed parcel is lost", .wrongIndex, left: 45, ["HDEL", "parcels", "43"]),
        Damage("the bodies are lost", .wrongIndex, left: 42, ["DEL", "bodies"]),
        Damage("bodies without a parcel", .wrongIndex, ["HSET", "bodies", "strange:", "x"]),
        Damage("a block leads nowhere", .wrongIndex, ["HDEL", "parcels", "b3"]),
        Damage("a strange block leads on", .wrongIndex, ["HSET", "parcels", "b9", "x"]),
        Damage("what has gone is forgotten", .wrongIndex, left: 62, ["HDEL", "parcels", "g59"]),
        Damage("what has gone of nothing", .wrongIndex, ["HSET", "parcels", "g70", "1"]),
        Damage("a wrong count of what is sealed", .wrongCount, ["HSET", "parcels", "n", "15"]),
    ]

    @Test("each damage is found, told, mended once, and then things go on", arguments: damages)
    func damage(_ damage: Damage) async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            let pool = try #require(queue.pool as? RedisDriver)
            for number in 1...40 { try await queue.post("\(number)") }
            _ = try await queue.claim(3, ttl: 600)
            let kept = MessageID(sequence: MessageSequence(7), nonce: 1)
            try await queue.post([.saying("late", delay: 60), .saying("kept", keptID: kept)])
            let together = try await queue.post(count: 20)
            _ = try await queue.delete(together[17])
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
            let rest = try await pool.inspect(life, repairing: false, now: now)
            #expect(rest.isEmpty, "\(rest)")
            queue.clock.advance(seconds: 600)
            #expect(try await queue.stats().total == damage.left)
            #expect(try await queue.claim(100).delivered.count == damage.left)
            queue.clock.advance(seconds: 4000)
            try await queue.collectAll()
            for name in ["messages", "parcels", "bodies"] {
                #expect(try server.command("HLEN", "weir:{\(life.value)}:\(name)") == ":0\r\n", "\(name)")
            }
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
                let found = try await pool.inspect(queue.ref.life, repairing: false, now: queue.now)
                #expect(found.isEmpty, "\(found)")
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
