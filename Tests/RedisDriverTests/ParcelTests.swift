import RedisDriver
import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("Redis keeps together what is posted together") struct ParcelTests {
    /// How many messages stand by themselves, and how many parcels there are.
    private func stored(of queue: QueueUnderTest, in server: RedisServer) throws -> [Int] {
        try ["messages", "bodies"].map { name in
            let answer = try server.command("HLEN", "weir:{\(queue.ref.life.value)}:\(name)")
            return try #require(Int(answer.dropFirst().dropLast()))
        }
    }

    @Test("runs of one ttl are parcels of at most 16 and not too many bytes, and single messages are none")
    func runs() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            try await queue.post(count: 33)
            #expect(try stored(of: queue, in: server) == [0, 3])
            try await queue.post("alone")
            #expect(try stored(of: queue, in: server) == [1, 3])
            try await queue.post([10, 10, 20, 20, 20].map { .saying("x", ttl: $0) })
            #expect(try stored(of: queue, in: server) == [1, 5])
            try await queue.post([10, 20, 30].map { .saying("x", ttl: $0) })
            #expect(try stored(of: queue, in: server) == [4, 5])
            try await queue.post([.saying("now"), .saying("later", delay: 5)])
            #expect(try stored(of: queue, in: server) == [6, 5])
            try await queue.post([.saying("short"), .saying(String(repeating: "x", count: 20_001))])
            #expect(try stored(of: queue, in: server) == [8, 5])
            try await queue.post((1...8).map { _ in .saying(String(repeating: "x", count: 5_000)) })
            #expect(try stored(of: queue, in: server) == [8, 8])
            try await queue.post(["a", "b"].map { .saying($0) }, from: ClientID(String(repeating: "c", count: 300)))
            #expect(try stored(of: queue, in: server) == [10, 8])
        }
    }

    @Test("as many messages as a request can have are stored together")
    func many() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            let count = 40_000
            let ids = try await queue.post(count: count)
            #expect(ids.count == count)
            #expect(try stored(of: queue, in: server) == [0, count / 16])
            #expect(try await queue.list(limit: 2).texts == ["1", "2"])
            #expect(try await queue.stats().free == count)
            #expect(try await queue.claim(count).delivered.texts.last == "\(count)")
        }
    }

    @Test("a message is the same on every way to it, wherever it stands", arguments: 1...6)
    func sameOnEveryWay(seed: UInt64) async throws {
        try await withQueue(.init(isDurable: false)) { queue, _ in
            var random = SeededGenerator(seed: seed)
            var posted: [MessageID: String] = [:]
            var order: [MessageID] = []
            for round in 1...30 {
                let texts = (0..<Int.random(in: 1...40, using: &random)).map { place in
                    "\(round).\(place) " + String(repeating: "x", count: Int.random(in: 0...300, using: &random))
                }
                let ids = try await queue.post(
                    texts.map { .saying($0) }, from: round % 3 == 0 ? .other : .producer)
                for (id, text) in zip(ids, texts) { posted[id] = text }
                order += ids
            }
            func check(_ messages: [Message]) {
                for message in messages {
                    #expect(message.text == posted[message.id] && message.ttl == 3600)
                }
            }
            let held = try await queue.claim(35)
            check(held.delivered)
            let gone = order.filter { _ in Int.random(in: 0..<4, using: &random) == 0 && Bool.random(using: &random) }
            for id in gone { _ = try await queue.delete(id) }
            let all = try await queue.everything()
            check(all)
            let left = Set(all.map(\.id))
            #expect(all.map(\.id) == order.filter(left.contains))
            #expect(left.isSuperset(of: held.delivered.ids))
            check(try await queue.messages(order))
            #expect(try await queue.messages(order).map(\.id) == all.map(\.id))
            check(try await queue.list(hiding: .other))
            check(try #require(try await queue.show(held.id)).messages)
            let stats = try await queue.stats()
            #expect(stats.total == all.count && stats.oldest?.id == all.first?.id && stats.newest?.id == all.last?.id)
            let popped = try await queue.pop(50)
            check(popped)
            #expect(popped.map(\.id) == all.filter { $0.claim == nil }.prefix(50).map(\.id))
            try await queue.release(held.id)
            var claimed: [MessageID] = []
            // More often than there are messages: claims that never end fail here.
            for _ in 0...order.count {
                let taken = try await queue.claim(Int.random(in: 1...40, using: &random)).delivered
                check(taken)
                claimed += taken.ids
                if taken.isEmpty { break }
            }
            #expect(claimed == all.map(\.id).filter { !popped.map(\.id).contains($0) })
            let pool = try #require(queue.pool as? RedisDriver)
            #expect(try await pool.inspect(queue.ref.life, repairing: false, now: queue.now).isEmpty)
        }
    }

    @Test("bodies go with the last of a parcel, whatever takes it")
    func bodiesGo() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            let ids = try await queue.post(count: 3)
            _ = try await queue.delete([ids[1]])
            _ = try await queue.pop(1)
            #expect(try stored(of: queue, in: server) == [0, 1])
            let taken = try await queue.claim(5)
            #expect(try await queue.delete(ids[2], holding: taken.id) == .deleted)
            #expect(try stored(of: queue, in: server) == [0, 0])
            try await queue.post(count: 3)
            #expect(try await queue.purge() == 3)
            #expect(try stored(of: queue, in: server) == [0, 0])
            try await queue.post(count: 20, ttl: 10)
            queue.clock.advance(seconds: 10)
            try await queue.collectAll()
            #expect(try stored(of: queue, in: server) == [0, 0])
        }
    }

    @Test("a post that is refused leaves nothing behind")
    func refused() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            let pool = try #require(queue.pool as? RedisDriver)
            let stale = QueueUnderTest(
                pool: queue.pool, ref: QueueRef(life: queue.ref.life, epoch: Epoch(queue.ref.epoch.value + 1)),
                clock: queue.clock)
            await #expect(throws: StorageError.staleRoute) { try await stale.post(count: 20) }
            #expect(try stored(of: queue, in: server) == [0, 0])
            _ = try await pool.beginCapture(of: queue.ref, for: 7)
            try await pool.fence(queue.ref, turn: MoveTurn(migration: 7, turn: 1))
            await #expect(throws: StorageError.fenced) { try await queue.post(count: 20) }
            #expect(try stored(of: queue, in: server) == [0, 0])
            try await pool.unfence(queue.ref, through: MoveTurn(migration: 7, turn: 1))
            try server.configSet("maxmemory", "1")
            await #expect {
                try await queue.post(count: 20)
            } throws: { error in
                if case StorageError.refused(let reason) = error { reason.contains("OOM") } else { false }
            }
            #expect(try stored(of: queue, in: server) == [0, 0])
            try server.configSet("maxmemory", "0")
            try await queue.pool.retire(queue.ref, now: queue.now)
            await #expect(throws: StorageError.staleRoute) { try await queue.post(count: 20) }
            #expect(try stored(of: queue, in: server) == [0, 0])
        }
    }

    @Test("a server that forgets its scripts gets no parcel twice")
    func forgottenScripts() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            let pool = try #require(queue.pool as? RedisDriver)
            for round in 1...5 {
                try server.command("SCRIPT", "FLUSH")
                try await queue.post(count: 20)
                #expect(try stored(of: queue, in: server) == [0, 2 * round])
            }
            #expect(try await queue.list().count == 100)
            #expect(try await pool.inspect(queue.ref.life, repairing: false, now: queue.now).isEmpty)
        }
    }

    @Test("an entry that stands for more messages than a parcel has is not believed")
    func strangeEntry() async throws {
        try await withQueue(.init(isDurable: false)) { queue, server in
            try await queue.post(count: 3)
            try server.command("ZADD", "weir:{\(queue.ref.life.value)}:sealed", "9000000000000000", "strange:90")
            #expect(try await queue.list(limit: 3).count == 3)
            await #expect {
                try await queue.list(limit: 5)
            } throws: { error in
                if case StorageError.unknownOutcome = error { true } else { false }
            }
        }
    }
}
