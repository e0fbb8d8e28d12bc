import TestSupport
import Testing
import WeirDomain
import WeirStorage

/// What is particular to this store: steps, keys and memory.
@Suite("Redis as a store") struct StoreTests {
    @Test("claims of 600, 60 and 600 seconds never hand out a held message")
    func staggered() async throws {
        try await withQueue { queue, _ in
            try await queue.post(count: 3, ttl: 7200)
            try await queue.post("delayed", ttl: 7200, delay: 500)
            for ttl in [600, 60, 600] {
                #expect(try await queue.claim(1, ttl: ttl).delivered.count == 1)
            }
            queue.clock.advance(seconds: 60)
            try await queue.post("new", ttl: 7200)
            #expect(try await queue.list().texts == ["2", "new"])
            #expect(try await queue.claim(10, ttl: 600).delivered.texts == ["2", "new"])
            #expect(try await queue.claim(10).delivered.isEmpty)
            queue.clock.advance(seconds: 440)
            #expect(try await queue.claim(10, ttl: 600).delivered.texts == ["delayed"])
            queue.clock.advance(seconds: 100)
            #expect(try await queue.claim(10, ttl: 600).delivered.texts == ["1", "3"])
            queue.clock.advance(seconds: 59)
            #expect(try await queue.claim(10).delivered.isEmpty)
        }
    }

    @Test("thousands of delays, claims and lives that end at once are settled in steps")
    func manyAtOnce() async throws {
        try await withQueue(.init(isDurable: false)) { queue, _ in
            for _ in 1...3 {
                try await queue.post((1...1500).map { .saying("late \($0)", ttl: 600, delay: 60) })
                try await queue.post(count: 1500, ttl: 60)
                try await queue.post(count: 1500, ttl: 600)
            }
            let expected = try await queue.everything().filter { $0.ttl == 600 }.ids
            #expect(expected.count == 9000)
            #expect(try await queue.claim(9000, ttl: 60, grace: 0).delivered.count == 9000)
            queue.clock.advance(seconds: 60)
            #expect(try await queue.stats().free == 9000)
            #expect(try await queue.stats().claimed == 0)
            #expect(try await queue.list().ids == expected)
            #expect(try await queue.claim(9000, ttl: 600).delivered.ids == expected)
        }
    }

    @Test("each operation settles what is due before it decides")
    func settlesFirst() async throws {
        try await withQueue(.init(isDurable: false)) { queue, _ in
            for round in 1...3 {
                try await queue.post((1...2500).map { .saying("\(round) \($0)", ttl: 300, delay: 60) })
                queue.clock.advance(seconds: 60)
                switch round {
                case 1: #expect(try await queue.pop(2500).count == 2500)
                case 2: #expect(try await queue.purge(limit: 2500) == 2500)
                default: #expect(try await queue.list().count == 2500)
                }
            }
        }
    }

    @Test("nothing is left of what is over")
    func leavesNothing() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            let kept = MessageID(sequence: MessageSequence(7), nonce: 1)
            for _ in 1...40 {
                try await queue.post(count: 30, ttl: 300)
                try await queue.post([.saying("kept", ttl: 300, keptID: kept), .saying("late", ttl: 300, delay: 60)])
                let taken = try await queue.claim(9, ttl: 60)
                _ = try await queue.delete(taken.delivered[0].id, holding: taken.id)
                _ = try await queue.pop(4)
                _ = try await queue.delete([kept])
                queue.clock.advance(seconds: 20)
            }
            queue.clock.advance(seconds: 3600)
            try await queue.collectAll(limit: 50)
            // The queue's header and last sequence, the list of lives, and the number of the format.
            #expect(try server.command("DBSIZE") == ":4\r\n")
            try await queue.pool.retire(queue.ref, now: queue.now)
            queue.clock.advance(seconds: Limits.tombstoneSeconds + 1)
            try await queue.collectAll(limit: 50)
            #expect(try server.command("DBSIZE") == ":1\r\n")
        }
    }

    @Test(
        "collection finds what has expired in queues that nobody visits", arguments: [[60, 300], [300, 60]],
        [true, false])
    func collectsUnvisited(lives: [Int], areTogether: Bool) async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            func expect(alone: Int, parcels: Int) throws {
                let name = "weir:{\(queue.ref.life.value)}:"
                #expect(try server.command("HLEN", name + "messages") == ":\(alone)\r\n")
                #expect(try server.command("HLEN", name + "bodies") == ":\(parcels)\r\n")
            }
            for ttl in lives {
                if areTogether { try await queue.post(count: 3, ttl: ttl) }
                for _ in 1...3 where !areTogether { try await queue.post(count: 1, ttl: ttl) }
            }
            queue.clock.advance(seconds: 60)
            try await queue.collectAll()
            try expect(alone: areTogether ? 0 : 3, parcels: areTogether ? 1 : 0)
            // They come due after a look has moved their time, and after another post to their block.
            try await queue.post(count: 1, ttl: 500)
            queue.clock.advance(seconds: 240)
            try await queue.collectAll()
            try expect(alone: 1, parcels: 0)
            queue.clock.advance(seconds: 260)
            try await queue.collectAll()
            try expect(alone: 0, parcels: 0)
            #expect(try server.command("ZCARD", "weir:due") == ":0\r\n")
        }
    }

    @Test("the index of expiry counts what is there, however it came and went")
    func countsBlocks() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            var random = SeededGenerator(seed: 11)
            for _ in 1...200 {
                try await queue.post((1...Int.random(in: 1...40, using: &random)).map {
                    .saying("\($0)", ttl: Int.random(in: 1...60, using: &random))
                })
                _ = try await queue.pop(Int.random(in: 0...30, using: &random))
                queue.clock.advance(seconds: Int.random(in: 0...3, using: &random))
            }
            let stored = try await queue.everything()
            var counts: [Int64: Int] = [:]
            for message in stored { counts[message.sequence.value / 16, default: 0] += 1 }
            let answer = try server.command("ZCARD", "weir:{\(queue.ref.life.value)}:expiry")
            #expect(answer == ":\(counts.count)\r\n")
            for (block, count) in counts {
                let score = try server.command("ZSCORE", "weir:{\(queue.ref.life.value)}:expiry", "\(block)")
                let number = try #require(score.split(separator: "\r\n").last.flatMap { Int($0) })
                #expect(number % 32 == count)
                let earliest = stored.filter { $0.sequence.value / 16 == block }.map(\.expires.milliseconds).min()
                #expect(Int64(number / 32) <= earliest ?? 0)
            }
        }
    }

    @Test("a pool of another format is left alone")
    func otherFormat() async throws {
        try await withServer { server in
            try server.command("SET", "weir:format", "99")
            await #expect {
                _ = try await openPool(server.uri)
            } throws: { error in
                (error as? PoolRefusal)?.reason.contains("format 99") == true
            }
        }
    }

    @Test("unknown and impossible options are refused", arguments: [
        (#"{"speed": 9}"#, "unknown option 'speed'"), (#"{"connections": 0}"#, "from 1 to 16"),
        (#"{"timeout_ms": "x"}"#, "from 50 to 60000"), ("[]", "JSON object"),
    ])
    func options(text: String, words: String) async throws {
        await #expect {
            _ = try await openPool("redis+unix:///nowhere", options: text)
        } throws: { error in
            (error as? PoolRefusal)?.reason.contains(words) == true
        }
    }
}
