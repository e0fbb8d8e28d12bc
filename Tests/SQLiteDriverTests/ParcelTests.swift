import TestSupport
import Testing
import WeirDomain
import WeirStorage

@Suite("SQLite pools: parcels") struct ParcelTests {
    /// Makes it an error to give the messages of a parcel rows of their own.
    private static let opensNone = """
        CREATE TRIGGER opens_none BEFORE INSERT ON opened BEGIN SELECT raise(ABORT, 'a parcel is opened'); END
        """

    @Test("messages that are posted together are one row and one body, until one of them is claimed")
    func openedByClaim() async throws {
        try await PoolFile.withQueue { file, queue in
            let ids = try await queue.post(count: 10)
            #expect(try file.contents() == Contents(parcels: 1, bodies: 1))
            #expect(try await queue.list().texts == (1...10).map(String.init))
            #expect(try await queue.messages(ids).ids == ids)
            let taken = try await queue.claim(3)
            #expect(taken.delivered.texts == ["1", "2", "3"])
            #expect(try file.contents() == Contents(messages: 10, opened: 1, bodies: 1))
            #expect(try file.number("SELECT count(*) FROM messages WHERE state = 2") == 3)
            for id in ids[..<3] { #expect(try await queue.delete(id) == .claimed) }
            for id in ids[3..<9] { #expect(try await queue.delete(id) == .deleted) }
            for id in ids[..<3] { #expect(try await queue.delete(id, holding: taken.id) == .deleted) }
            #expect(try file.contents() == Contents(messages: 1, opened: 1, bodies: 1))
            #expect(try await queue.pop(9).texts == ["10"])
            #expect(try file.contents() == Contents())
        }
    }

    @Test("what goes whole is never opened")
    func whole() async throws {
        try await PoolFile.withQueue { file, queue in
            try file.execute(Self.opensNone)
            let ids = try await queue.post(count: 10)
            #expect(try await queue.delete(ids) == .deleted)
            try await queue.post(count: 10)
            #expect(try await queue.pop(10).count == 10)
            for _ in 1...3 { try await queue.post(count: 10) }
            #expect(try await queue.purge(limit: 20) == 20)
            #expect(try await queue.purge(limit: 20) == 10)
            #expect(try file.contents() == Contents())
            for ttl in [1, 5] { try await queue.post(count: 10, ttl: ttl) }
            queue.clock.advance(seconds: 2)
            #expect(try await queue.stats().total == 10)
            try await queue.collectAll()
            #expect(try file.contents() == Contents(parcels: 1, bodies: 1))
            try await queue.pool.retire(queue.ref, now: queue.now)
            try await queue.collectAll()
            #expect(try file.contents() == Contents())
        }
    }

    @Test("a parcel of which a part is expired is opened by the collector")
    func partlyExpired() async throws {
        try await PoolFile.withQueue { file, queue in
            try await queue.post((1...9).map { .saying("\($0)", ttl: $0.isMultiple(of: 3) ? 5 : 60) })
            queue.clock.advance(seconds: 5)
            let left = ["1", "2", "4", "5", "7", "8"]
            #expect(try await queue.list().texts == left)
            #expect(try await queue.stats().total == 6)
            try await queue.collectAll(limit: 2)
            #expect(try file.contents() == Contents(messages: 6, opened: 1, bodies: 1))
            #expect(try await queue.list().texts == left)
            queue.clock.advance(seconds: 60)
            try await queue.collectAll(limit: 4)
            #expect(try file.contents() == Contents())
        }
    }

    @Test("a parcel holds 64 messages, or 64 KiB, or one that is bigger", arguments: [
        (Array(repeating: 10, count: 150), Contents(parcels: 3, bodies: 3)),
        (Array(repeating: 30_000, count: 5), Contents(messages: 1, parcels: 2, bodies: 3)),
        ([10, 70_000, 70_000, 10, 10], Contents(messages: 3, parcels: 1, bodies: 4)),
        ([65_000, 536, 1], Contents(messages: 1, parcels: 1, bodies: 2)),
        ([0, 127, 128, 16_383, 16_384], Contents(parcels: 1, bodies: 1)),
    ])
    func sizes(lengths: [Int], contents: Contents) async throws {
        try await PoolFile.withQueue { file, queue in
            let ttls = [1, 0, 127, 128, 3_153_600_000, Int.max - 1000]
            let messages = lengths.enumerated().map { index, length in
                NewMessage(
                    nonce: .max - UInt64(index), body: MessageBody(Array(repeating: UInt8(index), count: length)),
                    ttl: ttls[index % ttls.count] + (length == 0 ? 0 : 1000), delay: 0)
            }
            let ids = try await queue.post(messages)
            #expect(try file.contents() == contents)
            for found in [try await queue.list(), try await queue.messages(ids), try await queue.claim(200).delivered] {
                #expect(found.ids == ids)
                #expect(found.map(\.body) == messages.map(\.body))
            }
        }
    }

    @Test("a claim passes over what is sealed and expired, and takes the lowest of what is not, sealed or opened")
    func lowestFirst() async throws {
        try await PoolFile.withQueue { file, queue in
            try await queue.post("a", "b", ttl: 1)
            try await queue.post("c")
            try await queue.post("d", "e")
            try await queue.post("f")
            try await queue.post("g", "h")
            queue.clock.advance(seconds: 1)
            #expect(try await queue.claim(2).delivered.texts == ["c", "d"])
            #expect(try file.number("SELECT count(*) FROM parcels") == 2)
            #expect(try await queue.claim(3).delivered.texts == ["e", "f", "g"])
            #expect(try await queue.list(claimed: true).texts == ["c", "d", "e", "f", "g", "h"])
            #expect(try await queue.claim(9).delivered.texts == ["h"])
        }
    }

    @Test("others' messages are found among thousands of one's own that are sealed", arguments: [10, 100])
    func hiding(limit: Int) async throws {
        try await PoolFile.withQueue { _, queue in
            var random = SeededGenerator(seed: 5)
            for step in 1...500 {
                let client = random.oneIn(40) ? ClientID.other : random.oneIn(40) ? ClientID("third client") : .producer
                let count = random.oneIn(20) ? 70 : Int.random(in: 1...3, using: &random)
                try await queue.post((1...count).map { .saying("\(step).\($0)") }, from: client)
                if random.oneIn(100) { _ = try await queue.claim(20) }
            }
            for claimed in [false, true] {
                let all = try await queue.list(claimed: claimed)
                for hidden in [ClientID.producer, .other] {
                    let expected = all.filter { $0.client != hidden }
                    for after in stride(from: 0, through: try await queue.lastSequence(), by: 97) {
                        let listed = try await queue.list(
                            after: MessageSequence(after), limit: limit, hiding: hidden, claimed: claimed)
                        #expect(listed == Array(expected.filter { $0.sequence.value > after }.prefix(limit)))
                    }
                }
            }
        }
    }

    @Test("records that are not what they were are an error, of that queue alone")
    func corrupt() async throws {
        try await PoolFile.withQueue { file, queue in
            try await queue.post(count: 3)
            let sibling = try await queue.sibling()
            try await sibling.post(count: 3)
            try file.execute("UPDATE parcels SET records = x'0102' WHERE life = \(queue.ref.life.value)")
            await #expect(throws: StorageError.self) { _ = try await queue.list() }
            await #expect(throws: StorageError.self) { _ = try await queue.claim(1) }
            #expect(try await sibling.list().count == 3)
            try file.execute("DELETE FROM bodies WHERE body_id IN (SELECT max(body_id) FROM bodies)")
            await #expect(throws: StorageError.self) { _ = try await sibling.list() }
        }
    }
}

/// How many rows there are in each table of messages.
struct Contents: Hashable, Sendable {
    var messages = 0
    var parcels = 0
    var opened = 0
    var bodies = 0
}

extension PoolFile {
    func contents() throws -> Contents {
        func count(_ table: String) throws -> Int { try number("SELECT count(*) FROM \(table)") ?? 0 }
        return Contents(
            messages: try count("messages"), parcels: try count("parcels"), opened: try count("opened"),
            bodies: try count("bodies"))
    }

    /// How much there is that nothing else knows of: 0.
    func strays() throws -> Int? {
        try number(
            """
            SELECT (SELECT count(*) FROM bodies
                    WHERE body_id NOT IN (SELECT body_id FROM messages UNION SELECT body_id FROM parcels))
                + (SELECT count(*) FROM messages WHERE body_id NOT IN (SELECT body_id FROM bodies))
                + (SELECT count(*) FROM parcels WHERE body_id NOT IN (SELECT body_id FROM bodies))
                + (SELECT count(*) FROM messages WHERE (start IS NULL) <> (body_id NOT IN (SELECT body_id FROM opened)))
                + (SELECT count(*) FROM opened o
                    WHERE o.messages <> (SELECT count(*) FROM messages m WHERE m.body_id = o.body_id))
                + (SELECT count(*) FROM parcels p JOIN messages m
                    ON m.life = p.life AND m.sequence BETWEEN p.first AND p.last)
            """)
    }
}
